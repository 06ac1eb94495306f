internal import Glibc

/// An open file with one owner, closed at its end.
struct FileDescriptor: ~Copyable {
    let number: CInt
    private let path: String

    /// Opens a file that exists, for reading.
    ///
    /// - Throws: ``StorageError/Code/notFound``, ``StorageError/Code/systemCall``.
    init(reading path: String) throws(StorageError) {
        // Without O_NONBLOCK a named pipe in the folder would keep the reader for ever.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw FileDescriptor.failure("open", path) }
        self.number = number
        self.path = path
    }

    /// Makes a new file that its owner alone may read and write.
    ///
    /// - Throws: ``StorageError/Code/alreadyExists``, ``StorageError/Code/systemCall``.
    init(creating path: String) throws(StorageError) {
        let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw FileDescriptor.failure("create", path) }
        self.number = number
        self.path = path
    }

    /// Opens a file for reading and writing at any place.
    ///
    /// - Parameters:
    ///   - isMade: Whether it is made where it is absent.
    ///   - permissions: What others than its owner may have at most, and what it is made with.
    /// - Throws: ``StorageError/Code/insecurePermissions``, ``StorageError/Code/notFound``,
    ///   ``StorageError/Code/systemCall``.
    static func updating(
        _ path: String, isMade: Bool = true, permissions: mode_t = 0o600
    ) throws(StorageError) -> FileDescriptor {
        let number = open(
            path, O_RDWR | (isMade ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW, permissions)
        guard number >= 0 else { throw FileDescriptor.failure("open", path) }
        let file = FileDescriptor(number: number, path: path)
        let mode = try file.status().st_mode
        guard mode & S_IFMT == S_IFREG else {
            throw StorageError(.malformed, "\(path): not a regular file")
        }
        guard mode & 0o077 & ~permissions == 0 else {
            throw StorageError(
                .insecurePermissions,
                "\(path): mode \(String(mode & 0o777, radix: 8)) lets others than the owner use it; run: "
                    + "chmod \(String(permissions, radix: 8)) \(path)")
        }
        return file
    }

    private init(number: CInt, path: String) {
        self.number = number
        self.path = path
    }

    deinit {
        close(number)
    }

    /// What the system knows of the file.
    func status() throws(StorageError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw FileDescriptor.failure("stat", path) }
        return status
    }

    /// Reads into `buffer` until it is full or the file ends, and returns how many bytes were read.
    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(StorageError) -> Int {
        var count = 0
        while count < buffer.count {
            let result = Glibc.read(number, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            if result < 0 && errno == EINTR { continue }
            guard result >= 0 else { throw FileDescriptor.failure("read", path) }
            if result == 0 { break }
            count += result
        }
        return count
    }

    /// Writes all of `buffer`.
    func write(_ buffer: UnsafeBufferPointer<UInt8>) throws(StorageError) {
        var count = 0
        while count < buffer.count {
            let result = Glibc.write(number, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            if result < 0 && errno == EINTR { continue }
            guard result > 0 else { throw FileDescriptor.failure("write", path) }
            count += result
        }
    }

    /// Writes all of `bytes` from an offset on.
    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        var count = 0
        while count < bytes.count {
            let result = bytes.withUnsafeBytes { buffer in
                pwrite(
                    number, buffer.baseAddress.map { $0 + count }, buffer.count - count,
                    off_t(offset + count))
            }
            if result < 0 && errno == EINTR { continue }
            guard result > 0 else { throw FileDescriptor.failure("write", path) }
            count += result
        }
    }

    /// Reads from an offset on until `buffer` is full or the file ends, and returns how many bytes were read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StorageError) -> Int {
        var count = 0
        while count < buffer.count {
            let result = pread(
                number, buffer.baseAddress.map { $0 + count }, buffer.count - count, off_t(offset + count))
            if result < 0 && errno == EINTR { continue }
            guard result >= 0 else { throw FileDescriptor.failure("read", path) }
            if result == 0 { break }
            count += result
        }
        return count
    }

    /// Hands over the file's first `byteCount` bytes, in chunks.
    ///
    /// - Throws: ``StorageError`` `corrupted` where it has fewer; what `body` throws.
    func readChunks(upTo byteCount: Int, _ body: (_ chunk: [UInt8]) throws -> Void) throws {
        var offset = 0
        while offset < byteCount {
            var chunk = [UInt8](repeating: 0, count: min(JournalLimits.chunkByteCount, byteCount - offset))
            let count = try chunk.withUnsafeMutableBytes { try read(into: $0, at: offset) }
            guard count == chunk.count else {
                throw StorageError(.corrupted, "\(path): the file became shorter while it was read")
            }
            try body(chunk)
            offset += count
        }
    }

    /// Locks the file itself until it is closed.
    ///
    /// - Parameter what: What it is, for the message: "this ledger".
    /// - Throws: ``StorageError/Code/inUse``, ``StorageError/Code/systemCall``.
    func lock(asOwnerOf what: String) throws(StorageError) {
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw FileDescriptor.failure("flock", path) }
            throw StorageError(.inUse, "\(path): another process has \(what); stop it first")
        }
    }

    /// Cuts the file, or lengthens it by zeros that take no room.
    func truncate(toByteCount count: Int) throws(StorageError) {
        guard ftruncate(number, off_t(count)) == 0 else { throw FileDescriptor.failure("cut", path) }
    }

    /// Reserves room on the disk for the file's first `count` bytes; what is not written is zero.
    func reserve(byteCount count: Int) throws(StorageError) {
        var result = posix_fallocate(number, 0, off_t(count))
        while result == EINTR { result = posix_fallocate(number, 0, off_t(count)) }
        guard result == 0 else {
            errno = result
            throw FileDescriptor.failure("reserve room", path)
        }
    }

    /// Waits until the file's content, and its size where that changed, are on the disk.
    func synchronizeData() throws(StorageError) {
        guard fdatasync(number) == 0 else { throw FileDescriptor.failure("fdatasync", path) }
    }

    /// Waits until the file is on the disk.
    func synchronize() throws(StorageError) {
        guard fsync(number) == 0 else { throw FileDescriptor.failure("fsync", path) }
    }

    /// Makes a new name durable, which the file's own synchronisation does not.
    static func synchronizeFolder(of path: String) throws(StorageError) {
        let folder: String
        if let slash = path.lastIndex(of: "/") {
            folder = slash == path.startIndex ? "/" : String(path[..<slash])
        } else {
            folder = "."
        }
        try FileDescriptor(reading: folder).synchronize()
    }

    /// The error of the system call that has just failed.
    static func failure(_ operation: StaticString, _ path: String) -> StorageError {
        let number = errno
        let code: StorageError.Code =
            switch number {
            case ENOENT: .notFound
            case EEXIST: .alreadyExists
            case ENOSPC, EDQUOT, EFBIG: .noSpace
            default: .systemCall
            }
        return StorageError(code, "\(path): \(operation): \(String(cString: strerror(number)))")
    }
}
