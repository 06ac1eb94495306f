internal import FoundationEssentials
internal import Glibc

/// A folder of its own for one test, removed with what is in it when the value goes away.
package final class TemporaryFolder: Sendable {
    /// Absolute, without links.
    package let path: String

    /// Where folders are made: what `TMPDIR` says, else in memory where there is room, so that thousands of commits
    /// wait for no disk.
    ///
    /// No test cuts the machine's power: what a disk forgets, tests forget themselves.
    private static let usualParent: String = {
        let memory = "/dev/shm"
        // More than all tests of a run leave there together.
        let neededByteCount: UInt64 = 2 << 30
        let isNamed = ProcessInfo.processInfo.environment["TMPDIR"] != nil
        var status = statvfs()
        let isUsable =
            FileManager.default.isWritableFile(atPath: memory) && statvfs(memory, &status) == 0
            && UInt64(status.f_bavail) * UInt64(status.f_frsize) >= neededByteCount
        return !isNamed && isUsable ? memory : FileManager.default.temporaryDirectory.path
    }()

    /// Makes the folder, in another one than usual where a test needs that.
    package init(in parent: String? = nil) throws {
        let folder = (parent ?? Self.usualParent) + "/atoll-test-\(UUID().uuidString)"
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
