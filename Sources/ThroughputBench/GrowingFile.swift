internal import Glibc

/// A new file that grows, as a ledger does, each time to the disk.
struct GrowingFile: ~Copyable {
    private let path: String
    private let descriptor: CInt

    /// Makes the file.
    ///
    /// - Throws: ``ThroughputError`` `unwritable`; also where there is one already.
    init(_ path: String) throws(ThroughputError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ThroughputError.unwritable(path) }
    }

    deinit { close(descriptor) }

    /// Adds bytes, which are on the disk when this returns.
    ///
    /// - Throws: ``ThroughputError`` `unwritable`.
    func append(_ bytes: [UInt8]) throws(ThroughputError) {
        guard write(descriptor, bytes, bytes.count) == bytes.count, fdatasync(descriptor) == 0 else {
            throw ThroughputError.unwritable(path)
        }
    }
}

extension ThroughputError {
    /// What the system said of the last call on the file.
    static func unwritable(_ path: String) -> ThroughputError {
        ThroughputError(.unwritable, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
