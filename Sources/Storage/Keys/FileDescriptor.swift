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

    /// Waits until the file is on the disk.
    func synchronize() throws(StorageError) {
        guard fsync(number) == 0 else { throw FileDescriptor.failure("fsync", path) }
    }

    /// The error of the system call that has just failed.
    static func failure(_ operation: StaticString, _ path: String) -> StorageError {
        let number = errno
        let code: StorageError.Code =
            switch number {
            case ENOENT: .notFound
            case EEXIST: .alreadyExists
            default: .systemCall
            }
        return StorageError(code, "\(path): \(operation): \(String(cString: strerror(number)))")
    }
}
