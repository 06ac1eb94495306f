internal import Glibc

/// Whole files.
package enum FileContents {
    /// Returns whether there is a file, and it may be read.
    package static func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    /// Returns the bytes of a file.
    ///
    /// - Parameter limit: The most bytes to take.
    /// - Throws: ``ReportingError`` `fileSystem`, or `tooLarge` past the limit.
    package static func read(
        path: String, limit: Int = ReportingLimits.readByteCount
    ) throws -> [UInt8] {
        let file = try FileDescriptor(path: path, flags: O_RDONLY | O_NONBLOCK)
        let count = try file.byteCount()
        guard count <= limit else {
            throw ReportingError(.tooLarge, "\(path) has \(count) bytes; at most \(limit) are read")
        }
        return try file.read(count, at: 0)
    }

    /// Returns the last bytes of a file, and whether they are all of it.
    ///
    /// - Throws: ``ReportingError`` `fileSystem`.
    package static func readEnd(path: String, byteCount: Int) throws -> (bytes: [UInt8], isWhole: Bool) {
        let file = try FileDescriptor(path: path, flags: O_RDONLY | O_NONBLOCK)
        let offset = max(try file.byteCount() - byteCount, 0)
        return (try file.read(byteCount, at: offset), offset == 0)
    }
}
