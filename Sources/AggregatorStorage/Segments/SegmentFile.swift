internal import GRDBSQLite

/// A file beside the database, through the file system that SQLite uses for it.
///
/// SQLite treats it as it does its write-ahead log: it has the database's owner and mode, and its first sync syncs the
/// folder too. What a test's file system does to the database, it does to this file.
@safe
// Used under the lock of the store's connection, and by the sync that it waits for.
final class SegmentFile: @unchecked Sendable {
    let path: String
    private let file: UnsafeMutablePointer<sqlite3_file>
    /// SQLite keeps the pointer for as long as the file is open.
    private let name: UnsafePointer<CChar>

    /// Opens the file.
    ///
    /// - Parameter isMade: Whether it is made where it is absent.
    /// - Throws: ``AggregatorStorageError`` `unavailable`.
    init(_ path: String, isMade: Bool) throws {
        self.path = path
        guard let system = unsafe sqlite3_vfs_find(nil),
            let name = unsafe sqlite3_create_filename(path, "", "", 0, nil)
        else { throw AggregatorStorageError(.unavailable, "\(path): there is no memory to open it") }
        let memory = unsafe UnsafeMutableRawPointer.allocate(
            byteCount: Int(system.pointee.szOsFile), alignment: MemoryLayout<UInt64>.alignment)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: Int(system.pointee.szOsFile))
        unsafe file = memory.assumingMemoryBound(to: sqlite3_file.self)
        unsafe self.name = UnsafePointer(name)
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL | (isMade ? SQLITE_OPEN_CREATE : 0)
        var openedFlags: CInt = 0
        let code = unsafe system.pointee.xOpen(system, name, file, flags, &openedFlags)
        guard code == SQLITE_OK else {
            throw AggregatorStorageError(.unavailable, "\(path): open: \(Self.text(of: code))")
        }
    }

    deinit {
        if let methods = unsafe file.pointee.pMethods { _ = unsafe methods.pointee.xClose(file) }
        unsafe UnsafeMutableRawPointer(file).deallocate()
        unsafe sqlite3_free_filename(name)
    }

    /// Reserves room on the disk for the first `count` bytes.
    func reserve(byteCount count: Int) throws {
        var chunk = CInt(clamping: count)
        var size = Int64(count)
        try unsafe require("reserve room") {
            // A file without chunks is not lengthened.
            _ = unsafe $0.xFileControl($1, SQLITE_FCNTL_CHUNK_SIZE, &chunk)
            let code = unsafe $0.xFileControl($1, SQLITE_FCNTL_SIZE_HINT, &size)
            return code == SQLITE_NOTFOUND ? SQLITE_OK : code
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws {
        try unsafe require("write") { unsafe $0.xWrite($1, bytes, CInt(bytes.count), Int64(offset)) }
    }

    /// Waits until what was written is on the disk.
    func synchronize() throws {
        try unsafe require("sync") { unsafe $0.xSync($1, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) }
    }

    /// Returns `count` bytes from an offset on; nil where the file ends before.
    func read(_ count: Int, at offset: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let shortRead = SQLITE_IOERR | (2 << 8)
        var isWhole = true
        try unsafe require("read") { methods, file in
            let code = unsafe bytes.withUnsafeMutableBytes {
                unsafe methods.xRead(file, $0.baseAddress, CInt(count), Int64(offset))
            }
            isWhole = code == SQLITE_OK
            return code == shortRead ? SQLITE_OK : code
        }
        return isWhole ? bytes : nil
    }

    /// Removes a file.
    static func remove(_ path: String) throws {
        guard let system = unsafe sqlite3_vfs_find(nil) else { return }
        let code = unsafe system.pointee.xDelete(system, path, 0)
        guard code == SQLITE_OK else {
            throw AggregatorStorageError(.failed, "\(path): remove: \(text(of: code))")
        }
    }

    private func require(
        _ operation: StaticString,
        _ body: (sqlite3_io_methods, UnsafeMutablePointer<sqlite3_file>) -> CInt
    ) throws {
        let code = unsafe body(file.pointee.pMethods.pointee, file)
        guard code == SQLITE_OK else {
            throw AggregatorStorageError(.failed, "\(path): \(operation): \(Self.text(of: code))")
        }
    }

    private static func text(of code: CInt) -> String {
        unsafe sqlite3_errstr(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
