internal import Glibc
internal import PrivacyLedger

/// The newest record of a ledger, in a file of its own: a ledger that an older copy took the place of, or that is gone,
/// is found out by it before anything is released.
///
/// It is written after each entry, in place, and not waited for: after the machine's end it may be older than the
/// ledger, whose entries are on the disk before, and never newer.
struct LedgerHeadFile: ~Copyable {
    private let file: FileDescriptor
    private let path: String
    private(set) var head: LedgerHead?

    /// Takes the file, and makes it where it is absent.
    ///
    /// - Throws: ``StorageError`` `corrupted`, `insecurePermissions`, `systemCall`.
    init(_ path: String) throws {
        let file = try FileDescriptor.updating(path)
        let head = try Self.head(in: file, path: path)
        self.file = file
        self.path = path
        self.head = head
    }

    private static func head(in file: borrowing FileDescriptor, path: String) throws -> LedgerHead? {
        var bytes = [UInt8](repeating: 0, count: LedgerHead.byteCount + 1)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        guard count > 0 else { return nil }
        do {
            return try LedgerHead(bytes: Array(bytes.prefix(count)))
        } catch {
            throw StorageError(
                .corrupted,
                "\(path): it is to hold the newest entry of this data set's ledger, and is damaged: \(error.message). "
                    + "Compare the ledger with its newest copy, then remove this file")
        }
    }

    /// Writes the newest record.
    ///
    /// - Throws: ``StorageError`` `noSpace`, `systemCall`.
    mutating func write(_ newest: LedgerHead) throws(StorageError) {
        guard head != newest else { return }
        try file.write(newest.bytes, at: 0)
        head = newest
    }

    /// Waits until the file is on the disk, with its name.
    func synchronize() throws(StorageError) {
        try file.synchronize()
        try FileDescriptor.synchronizeFolder(of: path)
    }
}
