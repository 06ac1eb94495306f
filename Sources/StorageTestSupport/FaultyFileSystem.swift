internal import GRDBSQLite
internal import Glibc
internal import Synchronization

/// A file system of SQLite's that passes everything on, and asks a ``FaultyFolder`` first where there is one.
///
/// It is the process's default from its first use on; files of other folders are the wrapped file system's own.
enum FaultyFileSystem {
    private static let folders = Mutex<[String: FaultyFolder]>([:])

    static func watch(_ folder: FaultyFolder) {
        folders.withLock { $0[folder.path] = folder }
        sqlite3_vfs_register(installed.outer, 1)
    }

    static func unwatch(_ folder: FaultyFolder) {
        folders.withLock { $0[folder.path] = nil }
    }

    /// The folder that keeps watch over a file, and the file's name in it.
    fileprivate static func watched(_ file: UnsafePointer<CChar>?) -> (folder: FaultyFolder, name: String)? {
        guard let file else { return nil }
        let path = String(cString: file)
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return folders.withLock { $0[String(path[..<slash])] }
            .map { ($0, String(path[path.index(after: slash)...])) }
    }

    private typealias Pair = (
        inner: UnsafeMutablePointer<sqlite3_vfs>, outer: UnsafeMutablePointer<sqlite3_vfs>
    )

    // Written once, before its first use, and kept for as long as the process lives.
    private nonisolated(unsafe) static let installed: Pair = {
        let inner: UnsafeMutablePointer<sqlite3_vfs> = sqlite3_vfs_find(nil)
        let outer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        outer.initialize(to: inner.pointee)
        outer.pointee.zName = UnsafePointer(strdup("atoll-faulty"))
        outer.pointee.szOsFile += CInt(WatchedFile.byteCount)
        outer.pointee.xOpen = { _, name, file, flags, outFlags in
            FaultyFileSystem.open(name, file, flags, outFlags)
        }
        outer.pointee.xDelete = { _, name, isDirectorySynced in
            let inner = FaultyFileSystem.installed.inner
            let code = inner.pointee.xDelete(inner, name, isDirectorySynced)
            if code == SQLITE_OK, let (folder, name) = FaultyFileSystem.watched(name) { folder.deleted(name) }
            return code
        }
        return (inner, outer)
    }()

    // Written once, before its first use, and kept for as long as the process lives.
    fileprivate nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: WatchedFile.methods)
        return UnsafePointer(methods)
    }()

    private static func open(
        _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: CInt,
        _ outFlags: UnsafeMutablePointer<CInt>?
    ) -> CInt {
        let inner = installed.inner
        guard let file, let (folder, fileName) = watched(name) else {
            return inner.pointee.xOpen(inner, name, file, flags, outFlags)
        }
        folder.opened(fileName)
        file.pointee.pMethods = nil
        let real = WatchedFile.real(file)
        real.pointee.pMethods = nil
        let code = inner.pointee.xOpen(inner, name, real, flags, outFlags)
        guard code == SQLITE_OK else { return code }
        WatchedFile(folder: folder, name: fileName).attach(to: file)
        return code
    }
}

/// An open file: what SQLite holds of it is followed in memory by this object's address and the wrapped file.
private final class WatchedFile {
    private static let alignment = 16
    static let byteCount = 2 * alignment

    let folder: FaultyFolder
    let name: String

    init(folder: FaultyFolder, name: String) {
        self.folder = folder
        self.name = name
    }

    func attach(to file: UnsafeMutablePointer<sqlite3_file>) {
        UnsafeMutableRawPointer(file).storeBytes(
            of: Unmanaged.passRetained(self).toOpaque(), toByteOffset: Self.alignment,
            as: UnsafeMutableRawPointer.self)
        file.pointee.pMethods = FaultyFileSystem.methods
    }

    static func real(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<sqlite3_file> {
        (UnsafeMutableRawPointer(file) + byteCount).assumingMemoryBound(to: sqlite3_file.self)
    }

    private static func object(_ file: UnsafeMutablePointer<sqlite3_file>) -> Unmanaged<WatchedFile> {
        Unmanaged.fromOpaque(
            UnsafeMutableRawPointer(file).load(
                fromByteOffset: alignment, as: UnsafeMutableRawPointer.self))
    }

    /// Calls the wrapped file.
    private static func pass(
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ body: (sqlite3_io_methods, UnsafeMutablePointer<sqlite3_file>) -> CInt
    ) -> CInt {
        guard let file else { return SQLITE_MISUSE }
        let real = real(file)
        return body(real.pointee.pMethods.pointee, real)
    }

    /// Counts an operation, then calls the wrapped file or fails.
    private static func attempt(
        _ operation: FaultyFolder.Operation, _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ body: (WatchedFile, FaultyFolder.Outcome?, sqlite3_io_methods, UnsafeMutablePointer<sqlite3_file>)
            -> CInt
    ) -> CInt {
        guard let file else { return SQLITE_MISUSE }
        let watched = object(file).takeUnretainedValue()
        let outcome = watched.folder.begin(operation)
        return pass(file) { body(watched, outcome, $0, $1) }
    }

    private func write(
        _ bytes: UnsafeRawPointer?, _ byteCount: CInt, _ offset: sqlite3_int64,
        _ outcome: FaultyFolder.Outcome?, _ methods: sqlite3_io_methods,
        _ real: UnsafeMutablePointer<sqlite3_file>
    ) -> CInt {
        let written =
            switch outcome {
            case nil: byteCount
            case .shortWrite: byteCount / 2
            case .error, .diskFull: CInt(0)
            }
        if written > 0 {
            let code = methods.xWrite(real, bytes, written, offset)
            guard code == SQLITE_OK else { return code }
            folder.changed(
                name,
                .write(
                    offset: Int(offset),
                    bytes: [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(written)))))
        }
        return code(outcome, error: SQLITE_IOERR | (3 << 8))
    }

    private func truncate(
        _ byteCount: sqlite3_int64, _ outcome: FaultyFolder.Outcome?, _ methods: sqlite3_io_methods,
        _ real: UnsafeMutablePointer<sqlite3_file>
    ) -> CInt {
        guard outcome == nil else { return code(outcome, error: SQLITE_IOERR | (6 << 8)) }
        let code = methods.xTruncate(real, byteCount)
        if code == SQLITE_OK { folder.changed(name, .truncate(byteCount: Int(byteCount))) }
        return code
    }

    private func sync(_ outcome: FaultyFolder.Outcome?) -> CInt {
        folder.synced(name, isGood: outcome == nil)
        return code(outcome, error: SQLITE_IOERR | (4 << 8))
    }

    /// SQLite's code of an outcome; the macros of its extended ones are not imported.
    private func code(_ outcome: FaultyFolder.Outcome?, error: CInt) -> CInt {
        switch outcome {
        case nil: SQLITE_OK
        case .diskFull: SQLITE_FULL
        case .error, .shortWrite: error
        }
    }

    static var methods: sqlite3_io_methods {
        var methods = sqlite3_io_methods()
        // The version without memory-mapped reading.
        methods.iVersion = 2
        methods.xClose = { file in
            let code = WatchedFile.pass(file) { $0.xClose($1) }
            if let file { WatchedFile.object(file).release() }
            return code
        }
        methods.xRead = { file, bytes, count, offset in
            WatchedFile.pass(file) { $0.xRead($1, bytes, count, offset) }
        }
        methods.xWrite = { file, bytes, count, offset in
            WatchedFile.attempt(.write, file) { $0.write(bytes, count, offset, $1, $2, $3) }
        }
        methods.xTruncate = { file, count in
            WatchedFile.attempt(.truncate, file) { $0.truncate(count, $1, $2, $3) }
        }
        methods.xSync = { file, _ in
            WatchedFile.attempt(.sync, file) { watched, outcome, _, _ in watched.sync(outcome) }
        }
        methods.xFileSize = { file, count in WatchedFile.pass(file) { $0.xFileSize($1, count) } }
        methods.xLock = { file, level in WatchedFile.pass(file) { $0.xLock($1, level) } }
        methods.xUnlock = { file, level in WatchedFile.pass(file) { $0.xUnlock($1, level) } }
        methods.xCheckReservedLock = { file, held in
            WatchedFile.pass(file) { $0.xCheckReservedLock($1, held) }
        }
        methods.xFileControl = { file, operation, argument in
            WatchedFile.pass(file) { $0.xFileControl($1, operation, argument) }
        }
        methods.xSectorSize = { file in WatchedFile.pass(file) { $0.xSectorSize($1) } }
        methods.xDeviceCharacteristics = { file in WatchedFile.pass(file) { $0.xDeviceCharacteristics($1) } }
        methods.xShmMap = { file, region, size, isExtending, address in
            WatchedFile.pass(file) { $0.xShmMap($1, region, size, isExtending, address) }
        }
        methods.xShmLock = { file, offset, count, flags in
            WatchedFile.pass(file) { $0.xShmLock($1, offset, count, flags) }
        }
        methods.xShmBarrier = { file in
            _ = WatchedFile.pass(file) { methods, real in
                methods.xShmBarrier(real)
                return SQLITE_OK
            }
        }
        methods.xShmUnmap = { file, isDeleting in WatchedFile.pass(file) { $0.xShmUnmap($1, isDeleting) } }
        return methods
    }
}
