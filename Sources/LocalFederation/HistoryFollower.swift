internal import Glibc

/// Counts the lines that a history has grown by, without reading anything twice.
struct HistoryFollower {
    private let path: String
    private var offset: off_t = 0
    private var lineCount = 0

    init(path: String) {
        self.path = path
    }

    /// The updates in the history so far.
    mutating func updateCount() -> Int {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
            guard count > 0 else { break }
            offset += count
            lineCount += buffer[..<count].count { $0 == UInt8(ascii: "\n") }
        }
        // The first line names the columns.
        return max(lineCount - 1, 0)
    }
}
