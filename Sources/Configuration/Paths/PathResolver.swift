internal import FoundationEssentials

/// Turns the paths of one configuration file into absolute ones.
///
/// A relative path counts from the file's folder, also one given by `--set`. `${ATOLL_DATA}` at the beginning
/// is the environment variable of that name, or else the first folder `../shared/data` that exists beside the
/// file's folder or a folder above it. Where there is none the path keeps `${ATOLL_DATA}` as written, so that
/// a study can be checked where its data are not.
struct PathResolver: Sendable {
    /// What a path may begin with.
    static let dataVariable = "${ATOLL_DATA}"

    /// The absolute folder that relative paths count from.
    let folder: String
    private let dataFolder: String?

    /// Creates the resolver of the configuration file at `path`.
    init(configurationFile path: String, environment: [String: String]) {
        let absolute =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        // Symbolic links are resolved before `..` is taken away: the other order names another folder.
        let file = URL(filePath: absolute).resolvingSymlinksInPath().path
        let folder = Self.normalized(file + "/..")
        self.folder = folder
        if let variable = environment["ATOLL_DATA"], !variable.isEmpty {
            dataFolder = Self.normalized(
                variable.hasPrefix("/") ? variable : FileManager.default.currentDirectoryPath + "/" + variable
            )
        } else {
            dataFolder = Self.ancestors(of: folder).map { Self.normalized($0 + "/../shared/data") }
                .first(where: LocalFile.isFolder)
        }
    }

    /// Returns the absolute form of `path`.
    ///
    /// - Throws: The reason, where `path` has a variable that is unknown or not at its beginning.
    func resolve(_ path: String) throws(PathProblem) -> String {
        guard path.contains("$") else {
            return Self.normalized(path.hasPrefix("/") ? path : folder + "/" + path)
        }
        let rest = path.dropFirst(Self.dataVariable.count)
        guard path.hasPrefix(Self.dataVariable), rest.isEmpty || rest.hasPrefix("/"), !rest.contains("$")
        else {
            throw PathProblem()
        }
        guard let dataFolder else { return path }
        return Self.normalized(dataFolder + rest)
    }

    /// A path with a variable that is unknown or in the wrong place.
    struct PathProblem: Error {
        /// For error messages: what is allowed.
        static let allowed =
            "a path, relative to this file's folder, or beginning with `/` or `\(dataVariable)/`"
    }

    /// Returns an absolute path without empty, `.` and `..` parts; `..` at the root is the root.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func ancestors(of folder: String) -> [String] {
        var folders = [folder]
        while let last = folders.last, last != "/" { folders.append(normalized(last + "/..")) }
        return folders
    }
}
