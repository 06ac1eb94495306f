internal import Glibc

/// Whole files.
package enum FileContents {
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
}
