internal import Glibc

/// Folders for results.
package enum Folder {
    /// Creates a folder and those above it, where they are absent.
    ///
    /// - Throws: ``ReportingError`` `fileSystem` naming the folder and the system's reason.
    package static func create(_ path: String) throws {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            prefix += component
            if unsafe mkdir(prefix, 0o755) != 0, errno != EEXIST {
                throw SystemFault.error("cannot create the folder \(prefix)")
            }
            prefix += "/"
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw SystemFault.error("\(path) is not a folder")
        }
    }
}
