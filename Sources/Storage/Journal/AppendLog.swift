internal import Glibc

/// An append-only file of checksummed frames with room reserved ahead, in a folder that one process may use.
///
/// A frame is there whole or not at all. A log never grows beyond what was reserved: when it is full, its owner has it
/// rewritten from a checkpoint, beside the old one, which then gives its name away. Files have mode 0600.
package struct AppendLog: ~Copyable {
    /// What was found when a log was opened.
    package enum Recovery: Sendable, Equatable {
        /// There was none.
        case created
        case whole(frameCount: Int)
        /// The bytes from `offset` on were not whole and were cut off: a write that the end of the process or of the
        /// machine interrupted.
        case cut(offset: Int, byteCount: Int, frameCount: Int)
        /// Nothing but zeros: the machine ended before the file was on the disk.
        case lost
    }

    /// Bytes that a frame takes beside its payload, at most.
    package static let frameOverhead = LogFrame.headerByteCount + LogFrame.alignment

    private let path: String
    private let durability: JournalDurability
    private let owner: [UInt8]
    private let boot: BootIdentifier
    private let lock: FolderLock
    private var file: LogFile
    /// What was found when the log was opened.
    package let recovery: Recovery
    /// Whether the log was begun with another durability, or before the machine was last started: what it says of
    /// itself is right again once it is rewritten.
    package private(set) var isOfEarlierTerms: Bool

    /// Opens the log of a folder, which must exist, or begins one; hands over every frame that is there.
    ///
    /// - Parameters:
    ///   - owner: Bytes that name what the log belongs to.
    ///   - boot: This start of the machine.
    ///   - requireOwner: Throws where the log that was found is another owner's.
    ///   - replay: Takes a frame's payload and the frame's place.
    /// - Throws: ``StorageError``: `inUse`; `corrupted` with file and offset where a frame that was whole is not any
    ///   more; `noSpace`; what `requireOwner` and `replay` throw.
    package init(
        folder: String, name: String, owner: [UInt8], durability: JournalDurability,
        boot: BootIdentifier = BootIdentifier(), requireOwner: (_ found: [UInt8]) throws -> Void,
        replay: (_ payload: [UInt8], _ offset: Int) throws -> Void
    ) throws {
        let path = folder + "/" + name
        let lock = try FolderLock(path: path + ".lock")
        let opened = try Self.open(
            path: path, owner: owner, durability: durability, boot: boot, requireOwner: requireOwner,
            replay: replay)
        self.path = path
        self.owner = owner
        self.boot = boot
        self.durability = durability
        self.lock = lock
        recovery = opened.recovery
        isOfEarlierTerms = opened.isOfEarlierTerms
        file = opened.file
    }

    private struct Opened: ~Copyable {
        var file: LogFile
        var recovery: Recovery
        var isOfEarlierTerms = false
    }

    private static func open(
        path: String, owner: [UInt8], durability: JournalDurability, boot: BootIdentifier,
        requireOwner: (_ found: [UInt8]) throws -> Void,
        replay: (_ payload: [UInt8], _ offset: Int) throws -> Void
    ) throws -> Opened {
        unlink(path + newSuffix)
        guard access(path, F_OK) == 0 else {
            return Opened(
                file: try begin(path: path, durability: durability, owner: owner, boot: boot),
                recovery: .created)
        }
        let reader = try LogReader(try FileDescriptor.updating(path))
        guard let first = try reader.payload(at: 0, salt: LogHeader.salt) else {
            guard try reader.rest(from: 0, salt: 0).end == nil, durability == .unsynced else {
                throw corruption(path, at: 0)
            }
            unlink(path)
            return Opened(
                file: try begin(path: path, durability: durability, owner: owner, boot: boot),
                recovery: .lost)
        }
        guard let header = LogHeader(payload: first) else {
            throw StorageError(
                .malformed,
                "\(path): a journal of another version; use the version that made it, or another state folder"
            )
        }
        try requireOwner(header.owner)
        var offset = LogFrame.byteCount(payloadByteCount: first.count)
        var frameCount = 0
        while let payload = try reader.payload(at: offset, salt: header.salt) {
            try replay(payload, offset)
            offset += LogFrame.byteCount(payloadByteCount: payload.count)
            frameCount += 1
        }
        let rest = try reader.rest(from: offset, salt: header.salt)
        // What was not synced reaches the disk in any order: after the machine's end, a hole is no corruption. Where
        // nobody says whether it ended, it may have.
        let isOfThisStart = header.boot.isSameStart(as: boot)
        if let later = rest.laterFrame, header.durability == .synced || isOfThisStart {
            throw corruption(path, at: offset, whole: later)
        }
        let isOfEarlierTerms = header.durability != durability || !isOfThisStart
        let capacity = reader.byteCount
        let file = LogFile(
            continuing: reader.close(), path: path, salt: header.salt, end: offset, capacity: capacity)
        guard let end = rest.end else {
            return Opened(
                file: file, recovery: .whole(frameCount: frameCount), isOfEarlierTerms: isOfEarlierTerms)
        }
        try file.cutRest()
        if durability == .synced { try file.synchronize() }
        return Opened(
            file: file,
            recovery: .cut(offset: offset, byteCount: end - offset, frameCount: frameCount),
            isOfEarlierTerms: isOfEarlierTerms)
    }

    /// Whether a frame with a payload of this many bytes has room.
    package func fits(payloadByteCount: Int) -> Bool { file.fits(payloadByteCount: payloadByteCount) }

    /// Adds a frame; a synced log has it on the disk when this returns.
    ///
    /// - Parameter body: Appends the payload.
    /// - Throws: ``StorageError``: `tooLarge` where it does not fit, `noSpace`, `systemCall`; afterwards `failed`.
    package mutating func append(byteCountHint: Int, _ body: (inout [UInt8]) -> Void) throws {
        try file.append(byteCountHint: byteCountHint, body)
        if durability == .synced { try file.synchronizeData() }
    }

    /// Puts a new log in this one's place, with nothing but the frames that `body` adds.
    ///
    /// The old one stays as it is until the new one is whole.
    ///
    /// - Parameters:
    ///   - payloadByteCount: At least of all the frames that `body` adds, and of one to follow.
    ///   - body: Adds frames by the function that it is given.
    package mutating func rewrite(
        payloadByteCount: Int,
        _ body: (_ add: (_ byteCountHint: Int, _ write: (inout [UInt8]) -> Void) throws -> Void) throws ->
            Void
    ) throws {
        let capacity = try Self.capacity(checkpointByteCount: payloadByteCount + owner.count, path: path)
        let newPath = path + Self.newSuffix
        do {
            var new = try LogFile(
                beginning: newPath, capacity: capacity,
                header: LogHeader(durability: durability, owner: owner, boot: boot))
            try body { hint, write in try new.append(byteCountHint: hint, write) }
            // Unsynced as well: later pages may reach the disk before the first, and a log without one cannot be read.
            try new.synchronize()
            guard rename(newPath, path) == 0 else { throw FileDescriptor.failure("rename", newPath) }
            if durability == .synced { try FileDescriptor.synchronizeFolder(of: path) }
            new.path = path
            file = new
            isOfEarlierTerms = false
        } catch {
            unlink(newPath)
            throw error
        }
    }

    /// The bytes of a log that begins with so many.
    static func capacity(checkpointByteCount: Int, path: String) throws -> Int {
        let capacity = max(
            JournalLimits.minimumByteCount, JournalLimits.checkpointFactor * checkpointByteCount)
        guard capacity <= JournalLimits.maximumByteCount else {
            throw StorageError(
                .tooLarge,
                "\(path): a checkpoint of \(checkpointByteCount) bytes makes a journal above the bound of "
                    + "\(JournalLimits.maximumByteCount) bytes")
        }
        return capacity
    }

    private static let newSuffix = ".new"

    private static func begin(
        path: String, durability: JournalDurability, owner: [UInt8], boot: BootIdentifier
    ) throws -> LogFile {
        // A name of its own first: a process that ends here leaves no half a header.
        let newPath = path + newSuffix
        do {
            var file = try LogFile(
                beginning: newPath, capacity: JournalLimits.minimumByteCount,
                header: LogHeader(durability: durability, owner: owner, boot: boot))
            // Unsynced as well: later pages may reach the disk before the first, and a log without one cannot be read.
            try file.synchronize()
            guard rename(newPath, path) == 0 else { throw FileDescriptor.failure("rename", newPath) }
            if durability == .synced { try FileDescriptor.synchronizeFolder(of: path) }
            file.path = path
            return file
        } catch {
            unlink(newPath)
            throw error
        }
    }

    private static func corruption(_ path: String, at offset: Int, whole later: Int? = nil) -> StorageError {
        StorageError(
            .corrupted,
            "\(path): the bytes at offset \(offset) are not those that were written"
                + (later.map { ", and whole frames follow at offset \($0)" } ?? "")
                + "; the disk or another program changed them. Restore the file from a backup, or move it away: "
                + "the site then joins with the aggregator's numbers and full values")
    }
}
