internal import Glibc

/// The lines of a file of any length, in bounded memory.
package enum FileLines {
    /// Hands over each line without its line feed; a last line that has none is not yet written, and left out.
    ///
    /// - Throws: ``ReportingError``: `fileSystem`, or `tooLarge` for a line of more than
    ///   ``ReportingLimits/lineByteCount`` bytes; what `body` throws.
    package static func forEach(path: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let file = try FileDescriptor(path: path, flags: O_RDONLY | O_NONBLOCK)
        var buffer: [UInt8] = []
        var offset = 0
        while true {
            let chunk = try file.read(ReportingLimits.bufferByteCount, at: offset)
            guard !chunk.isEmpty else { return }
            offset += chunk.count
            buffer += chunk
            var start = 0
            while let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try body(buffer[start..<end])
                start = end + 1
            }
            buffer.removeFirst(start)
            guard buffer.count <= ReportingLimits.lineByteCount else {
                throw ReportingError(
                    .tooLarge,
                    "\(path) has a line of more than \(ReportingLimits.lineByteCount) bytes before byte \(offset)"
                )
            }
        }
    }
}
