internal import Glibc

/// A log's open file: where the next frame goes, and the room that was reserved for it.
struct LogFile: ~Copyable {
    /// Where the file is, for messages.
    var path: String
    private let file: FileDescriptor
    private let salt: UInt64
    private var end: Int
    private let capacity: Int
    private var isUsable = true

    /// Begins a log of which no file exists.
    init(beginning path: String, capacity: Int, header: LogHeader) throws {
        let file = try FileDescriptor(creating: path)
        try file.reserve(byteCount: capacity)
        let payload = header.payload
        let frame = LogFrame.bytes(byteCountHint: payload.count, salt: LogHeader.salt, offset: 0) {
            $0 += payload
        }
        try file.write(frame, at: 0)
        self.init(continuing: file, path: path, salt: header.salt, end: frame.count, capacity: capacity)
    }

    /// Goes on with a log that was read up to `end`.
    init(continuing file: consuming FileDescriptor, path: String, salt: UInt64, end: Int, capacity: Int) {
        self.path = path
        self.file = file
        self.salt = salt
        self.end = end
        self.capacity = capacity
    }

    func fits(payloadByteCount: Int) -> Bool {
        end + LogFrame.byteCount(payloadByteCount: payloadByteCount) <= capacity
    }

    mutating func append(byteCountHint: Int, _ body: (inout [UInt8]) -> Void) throws(StorageError) {
        guard isUsable else {
            throw StorageError(.failed, "\(path): a write to it failed before; start the process again")
        }
        let frame = LogFrame.bytes(byteCountHint: byteCountHint, salt: salt, offset: end, body)
        let payloadByteCount = frame.count - LogFrame.headerByteCount
        guard payloadByteCount <= JournalLimits.maximumFrameByteCount, end + frame.count <= capacity else {
            throw StorageError(
                .tooLarge,
                "\(path): a frame of \(frame.count) bytes; \(capacity - end) are left of \(capacity)")
        }
        do throws(StorageError) {
            try file.write(frame, at: end)
        } catch {
            isUsable = false
            throw error
        }
        end += frame.count
    }

    mutating func synchronizeData() throws(StorageError) {
        do throws(StorageError) {
            try file.synchronizeData()
        } catch {
            // What a failed sync left is not known, and a second one would tell nothing.
            isUsable = false
            throw error
        }
    }

    /// Cuts everything behind the end off, and reserves its room anew.
    func cutRest() throws(StorageError) {
        try file.truncate(toByteCount: end)
        try file.reserve(byteCount: capacity)
    }

    /// Waits until the file is on the disk, its size included.
    func synchronize() throws(StorageError) { try file.synchronize() }
}
