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
    /// The last line that the file had when it was opened, without its line feed; empty where it had none.
    let lastLine: [UInt8]
    /// Bytes of the lines that were cut off when it was opened.
    let cutByteCount: Int
    /// Where the file of before is, if more than a tail of it was cut off.
    let oldPath: String?

    /// Opens a file to append to, making it if need be.
    ///
    /// A last line without its line feed is what a crash left behind, and is cut off.
    ///
    /// - Parameter isKept: Tells of the last line whether it stays; one that does not is cut off, and the line before
    ///   it is then the last. A file of which more than a tail goes keeps it all under another name.
    init(path: String, keepingLinesUntil isKept: (_ line: [UInt8]) -> Bool = { _ in true }) throws {
        let found = try FileDescriptor(path: path, flags: O_RDWR | O_APPEND | O_CREAT)
        let size = try found.byteCount()
        let whole = try Self.endOfLine(in: found, before: size)
        var end = whole
        var line: [UInt8] = []
        var cutLineCount = 0
        while end > 0 {
            let start = try Self.endOfLine(in: found, before: end - 1)
            line = try found.read(end - 1 - start, at: start)
            if isKept(line) { break }
            end = start
            line = []
            cutLineCount += 1
        }
        let isTail = cutLineCount <= ReportingLimits.tailLineCount && whole - end <= whole / 2
        let oldPath = isTail ? nil : try Self.setAside(path)
        if isTail, end < size { try found.truncate(toByteCount: end) }
        file = try Self.file(found, copying: isTail ? nil : end, to: path)
        self.oldPath = oldPath
        self.path = path
        wasEmpty = end == 0
        lastLine = line
        cutByteCount = whole - end
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

    /// Gives the file a name that is free: the path with a number; returns it.
    private static func setAside(_ path: String) throws -> String {
        var number = 1
        while unsafe access("\(path).old-\(number)", F_OK) == 0 { number += 1 }
        let name = "\(path).old-\(number)"
        guard unsafe rename(path, name) == 0 else {
            throw SystemFault.error("cannot rename \(path) to \(name)")
        }
        return name
    }

    /// Makes a file of another one's first bytes; returns the other one where no number is given.
    private static func file(
        _ file: consuming FileDescriptor, copying byteCount: Int?, to path: String
    ) throws -> FileDescriptor {
        guard let byteCount else { return file }
        let copy = try FileDescriptor(path: path, flags: O_RDWR | O_APPEND | O_CREAT | O_EXCL)
        for offset in stride(from: 0, to: byteCount, by: ReportingLimits.bufferByteCount) {
            let count = min(ReportingLimits.bufferByteCount, byteCount - offset)
            try copy.write(try file.read(count, at: offset))
        }
        return copy
    }

    /// Returns the offset after the last line feed before `offset`; 0 where there is none.
    private static func endOfLine(in file: borrowing FileDescriptor, before offset: Int) throws -> Int {
        var end = offset
        while end > 0 {
            let start = max(0, end - ReportingLimits.lineSearchByteCount)
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
