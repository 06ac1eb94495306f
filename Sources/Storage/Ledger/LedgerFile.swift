internal import Glibc
internal import PrivacyLedger

/// A ledger's file: bytes are added at its end and are on the disk when that returns; nothing else ever changes.
///
/// The lock is on the file itself, so that no other file beside it is part of what an auditor is given.
struct LedgerFile: ~Copyable {
    private let file: FileDescriptor
    private let path: String
    private(set) var byteCount: Int
    private var isUsable = true

    /// Makes an empty ledger.
    ///
    /// - Throws: ``StorageError`` `alreadyExists`, `systemCall`.
    init(creating path: String) throws(StorageError) {
        try self.init(FileDescriptor(creating: path), path: path)
    }

    /// Opens a ledger that must exist.
    ///
    /// - Throws: ``StorageError`` `notFound`, `insecurePermissions`, `inUse`, `systemCall`.
    init(existing path: String) throws(StorageError) {
        guard access(path, F_OK) == 0 else {
            throw StorageError(
                .notFound,
                "\(path): the ledger of what was released from this data set is missing. Without it nobody knows what "
                    + "is spent, and nothing is released: put back its newest copy, or begin a new one where it is "
                    + "certain that nothing was released before")
        }
        try self.init(FileDescriptor.updating(path), path: path)
    }

    private init(_ file: consuming FileDescriptor, path: String) throws(StorageError) {
        try file.lock(asOwnerOf: "this ledger")
        byteCount = Int(try file.status().st_size)
        self.file = file
        self.path = path
    }

    /// Hands over the file from its beginning, in chunks.
    func read(_ body: (_ chunk: [UInt8]) throws -> Void) throws {
        try file.readChunks(upTo: byteCount, body)
    }

    /// Adds bytes at the end and waits until they are on the disk.
    ///
    /// - Throws: ``StorageError`` `noSpace`, `systemCall`; `corrupted` or `notFound` where the file at the path is not the
    ///   open one as this process left it; afterwards `failed`.
    mutating func append(_ bytes: [UInt8]) throws(StorageError) {
        try replaceTail(from: byteCount, by: bytes)
    }

    /// Puts bytes in the place of everything from an offset on, and waits until they are on the disk.
    mutating func replaceTail(from offset: Int, by bytes: [UInt8]) throws(StorageError) {
        guard isUsable else {
            throw StorageError(.failed, "\(path): a write to it failed before; start the process again")
        }
        isUsable = false
        try requireUnchanged()
        try file.write(bytes, at: offset)
        // Written first: a process that ends in between leaves a rest, which the next start recovers.
        if offset + bytes.count < byteCount { try file.truncate(toByteCount: offset + bytes.count) }
        // What a failed sync left is not known, and a second one would tell nothing.
        try file.synchronizeData()
        byteCount = offset + bytes.count
        isUsable = true
    }

    /// Waits until everything that is there is on the disk, with the file's name.
    ///
    /// The newest append is written once more: where its sync failed, the system may take its pages for clean.
    mutating func settle() throws {
        let offset = max(0, byteCount - LedgerLimits.recordByteCount.upperBound)
        var tail = [UInt8](repeating: 0, count: byteCount - offset)
        let count = try tail.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
        guard count == tail.count else {
            throw StorageError(.corrupted, "\(path): the file became shorter while it was read")
        }
        try replaceTail(from: offset, by: tail)
        try synchronizeFolder()
    }

    /// Checks that the path still names this file alone, and that nobody else made it longer or shorter.
    ///
    /// Otherwise what is charged would be in a file that the next process does not find.
    private func requireUnchanged() throws(StorageError) {
        let open = try file.status()
        var named = stat()
        guard lstat(path, &named) == 0 else { throw FileDescriptor.failure("stat", path) }
        guard open.st_dev == named.st_dev, open.st_ino == named.st_ino, open.st_nlink == 1 else {
            throw StorageError(
                .corrupted,
                "\(path): the ledger was removed, replaced or given a second name (\(open.st_nlink) names) while this "
                    + "process had it. Nothing is released; put the file back, alone, and start the process again"
            )
        }
        guard open.st_size == byteCount, named.st_size == byteCount else {
            throw StorageError(
                .corrupted,
                "\(path): the ledger has \(named.st_size) bytes, and this process left \(byteCount): another program "
                    + "wrote to it. Nothing is released; restore the file from a backup")
        }
    }

    /// Waits until the file's name is on the disk.
    func synchronizeFolder() throws(StorageError) {
        try FileDescriptor.synchronizeFolder(of: path)
    }
}
