internal import Glibc

/// A lock that one process holds for as long as it lives; it ends with the process, however that ends.
struct FolderLock: ~Copyable {
    private let file: FileDescriptor

    /// Takes the lock, whose file is made where it is absent.
    ///
    /// - Throws: ``StorageError/Code/inUse`` with the holder's process identifier; ``StorageError/Code/systemCall``.
    init(path: String) throws(StorageError) {
        let file = try FileDescriptor.updating(path)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw FileDescriptor.failure("flock", path) }
            var text = [UInt8](repeating: 0, count: 32)
            let count = pread(file.number, &text, text.count, 0)
            let holder = String(decoding: text.prefix(max(count, 0)).prefix { $0 != 10 }, as: UTF8.self)
            throw StorageError(
                .inUse,
                "\(path): process \(holder) has this state folder; stop it, or give this one another folder")
        }
        try file.truncate(toByteCount: 0)
        try file.write(Array("\(getpid())\n".utf8), at: 0)
        self.file = file
    }
}
