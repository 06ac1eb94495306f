internal import FoundationEssentials

/// A folder of its own for one test, removed with what is in it when the value goes away.
package final class TemporaryFolder: Sendable {
    /// Absolute, without links.
    package let path: String

    /// Makes the folder, in another one than that of temporary files where a test needs that.
    package init(in parent: String = FileManager.default.temporaryDirectory.path) throws {
        let folder = parent + "/atoll-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = URL(filePath: folder).resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file or folder in this one.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, making the folders above it; returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = file(name)
        let parent = URL(filePath: file).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    /// Writes a text file, making the folders above it; returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    /// Removes a file or folder.
    package func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: file(name))
    }

    /// The names of what is in the folder, in order.
    package func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// Sets a file's permission bits.
    package func setMode(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
    }

    /// A file's permission bits.
    package func mode(of name: String) throws -> Int? {
        let mode = try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions]
        return (mode as? UInt).map { Int($0) } ?? mode as? Int
    }
}

/// Returns the bytes of a file.
package func contents(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

/// Returns the text of a file.
package func text(of path: String) throws -> String {
    String(decoding: try contents(of: path), as: UTF8.self)
}
