internal import Glibc

/// The file of a book of receipts: bytes are added at its end and are on the disk when that returns.
///
/// It is opened for each addition alone: an aggregator has as many of them as sites. Receipts are nobody's secret: all may
/// read them.
struct ReceiptFile {
    private static let permissions: mode_t = 0o644

    let path: String
    /// What this process read or left.
    private(set) var byteCount = 0
    private var isUsable = true

    /// Takes a file, and makes it where it is absent.
    ///
    /// - Throws: ``StorageError``.
    init(_ path: String) throws(StorageError) {
        self.path = path
        let isNew = access(path, F_OK) != 0
        let file = try FileDescriptor.updating(path, permissions: Self.permissions)
        try file.lock(asOwnerOf: "these receipts")
        byteCount = Int(try file.status().st_size)
        if isNew { try FileDescriptor.synchronizeFolder(of: path) }
    }

    /// Hands over the file from its beginning, in chunks.
    func read(_ body: (_ chunk: [UInt8]) throws -> Void) throws {
        try FileDescriptor(reading: path).readChunks(upTo: byteCount, body)
    }

    /// Adds bytes at the end and waits until they are on the disk.
    ///
    /// - Throws: ``StorageError`` `noSpace`, `systemCall`, `notFound`; `corrupted` where the file is not as this process
    ///   left it; afterwards `failed`.
    mutating func append(_ bytes: [UInt8]) throws(StorageError) {
        try change { (file, end) throws(StorageError) in
            try file.write(bytes, at: end)
            return end + bytes.count
        }
    }

    /// Cuts the file and waits until that is on the disk.
    mutating func cut(to count: Int) throws(StorageError) {
        try change { (file, _) throws(StorageError) in
            try file.truncate(toByteCount: count)
            return count
        }
    }

    /// Changes the file as this process left it, unless an earlier change failed: what is on the disk then is not known.
    private mutating func change(
        _ body: (borrowing FileDescriptor, _ end: Int) throws(StorageError) -> Int
    ) throws(StorageError) {
        guard isUsable else {
            throw StorageError(.failed, "\(path): a write to it failed before; start the process again")
        }
        isUsable = false
        let file = try FileDescriptor.updating(path, isMade: false, permissions: Self.permissions)
        try file.lock(asOwnerOf: "these receipts")
        let size = Int(try file.status().st_size)
        guard size == byteCount else {
            throw StorageError(
                .corrupted,
                "\(path): the receipts have \(size) bytes, and this process left \(byteCount): another program, or "
                    + "another aggregator, wrote to them; end it, and start this one again")
        }
        let count = try body(file, byteCount)
        try file.synchronizeData()
        byteCount = count
        isUsable = true
    }
}
