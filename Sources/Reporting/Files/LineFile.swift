internal import Glibc

/// A text file that grows line by line, through a buffer of fixed size.
///
/// What is still in the buffer reaches the file by ``flush()``, by ``close()``, or at the latest when the value
/// goes away; that last attempt cannot report a failure.
struct LineFile: ~Copyable {
    private let file: FileDescriptor
    private let path: String
    private var buffer: [UInt8] = []
    private var isUsable = true

    /// Whether the file had no line when it was opened.
    let wasEmpty: Bool

    /// Opens a file to append to, making it if need be.
    ///
    /// A last line without its line feed is what a crash left behind, and is cut off.
    init(path: String) throws {
        let file = try FileDescriptor(path: path, flags: O_RDWR | O_APPEND | O_CREAT)
        let size = try file.byteCount()
        let end = try Self.endOfLastLine(in: file, byteCount: size)
        if end < size { try file.truncate(toByteCount: end) }
        self.file = file
        self.path = path
        wasEmpty = end == 0
        buffer.reserveCapacity(ReportingLimits.bufferByteCount)
    }

    deinit {
        if isUsable, !buffer.isEmpty { try? file.write(buffer) }
    }

    /// Adds a line; its line feed is added here.
    mutating func append(_ line: [UInt8]) throws {
        guard isUsable else { throw ReportingError(.closed, "\(path) is closed, or a write to it failed") }
        if buffer.count + line.count + 1 > ReportingLimits.bufferByteCount { try flush() }
        if line.count + 1 > ReportingLimits.bufferByteCount {
            try write(line + [UInt8(ascii: "\n")])
            return
        }
        buffer += line
        buffer.append(UInt8(ascii: "\n"))
    }

    /// Writes the buffered lines.
    mutating func flush() throws {
        guard isUsable else { throw ReportingError(.closed, "\(path) is closed, or a write to it failed") }
        try write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes the buffered lines and syncs them; the file takes no more.
    mutating func close() throws {
        try flush()
        isUsable = false
        try file.synchronize()
    }

    private static func endOfLastLine(in file: borrowing FileDescriptor, byteCount: Int) throws -> Int {
        var end = byteCount
        while end > 0 {
            let start = max(0, end - ReportingLimits.bufferByteCount)
            let chunk = try file.read(end - start, at: start)
            if let last = chunk.lastIndex(of: UInt8(ascii: "\n")) { return start + last + 1 }
            end = start
        }
        return 0
    }

    private mutating func write(_ bytes: [UInt8]) throws {
        do {
            try file.write(bytes)
        } catch {
            // Part of a line may be in the file: nothing may follow it.
            isUsable = false
            throw error
        }
    }
}
