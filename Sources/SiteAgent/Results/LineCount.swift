internal import Glibc

/// Counts a file's lines without holding them.
enum LineCount {
    private static let chunkByteCount = 65_536

    /// Returns the number of line feeds in a file; 0 where it cannot be read.
    static func lines(inFileAt path: String) -> Int {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: chunkByteCount)
        var lineCount = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return lineCount }
            lineCount += buffer[..<count].count { $0 == UInt8(ascii: "\n") }
        }
    }
}
