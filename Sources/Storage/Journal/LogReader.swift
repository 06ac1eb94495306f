internal import Glibc

/// Reads a log's frames, and looks into what follows them.
struct LogReader: ~Copyable {
    private let file: FileDescriptor
    let byteCount: Int

    init(_ file: consuming FileDescriptor) throws(StorageError) {
        byteCount = Int(try file.status().st_size)
        self.file = file
    }

    consuming func close() -> FileDescriptor { file }

    /// Returns the payload of the frame at `offset`; nil where there is none, or one that is not whole.
    func payload(at offset: Int, salt: UInt64) throws(StorageError) -> [UInt8]? {
        guard offset + LogFrame.headerByteCount <= byteCount else { return nil }
        let start = try bytes(LogFrame.headerByteCount, at: offset)
        guard let header = start.withUnsafeBytes({ LogFrame.Header($0) }),
            offset + LogFrame.byteCount(payloadByteCount: header.byteCount) <= byteCount
        else { return nil }
        let payload = try bytes(header.byteCount, at: offset + LogFrame.headerByteCount)
        let checksum = payload.withUnsafeBytes { LogFrame.checksum($0, salt: salt, offset: offset) }
        return checksum == header.checksum ? payload : nil
    }

    /// What is behind the last whole frame.
    struct Rest {
        /// The end of the last byte that is not zero; nil where all are.
        var end: Int?
        /// Where a whole frame begins all the same.
        var laterFrame: Int?
    }

    /// Looks through everything from `offset`, a frame's place, on.
    func rest(from offset: Int, salt: UInt64) throws(StorageError) -> Rest {
        var rest = Rest()
        var position = offset
        let zeros = [UInt8](repeating: 0, count: JournalLimits.chunkByteCount)
        while position < byteCount {
            let chunk = try bytes(min(JournalLimits.chunkByteCount, byteCount - position), at: position)
            if memcmp(chunk, zeros, chunk.count) != 0, let last = chunk.lastIndex(where: { $0 != 0 }) {
                rest.end = position + last + 1
                if rest.laterFrame == nil {
                    for start in stride(from: 0, to: chunk.count, by: LogFrame.alignment)
                    where position + start > offset && chunk[start] != 0 {
                        if try payload(at: position + start, salt: salt) != nil {
                            rest.laterFrame = position + start
                            break
                        }
                    }
                }
            }
            position += chunk.count
        }
        return rest
    }

    private func bytes(_ count: Int, at offset: Int) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: StorageError?
        var filled = 0
        bytes.withUnsafeMutableBytes { buffer in
            do throws(StorageError) {
                filled = try file.read(into: buffer, at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        bytes.removeLast(count - filled)
        return bytes
    }
}
