internal import Glibc

/// An open file, closed when it goes out of scope.
struct FileDescriptor: ~Copyable {
    private let value: CInt
    private let path: String

    /// Opens a file.
    init(path: String, flags: CInt, permissions: mode_t = 0o644) throws {
        value = unsafe open(path, flags | O_CLOEXEC, permissions)
        self.path = path
        guard value >= 0 else { throw SystemFault.error("cannot open \(path)") }
    }

    deinit {
        close(value)
    }

    /// Writes all bytes, in as many calls as the system needs.
    func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe Glibc.write(value, rest.baseAddress, rest.count)
            }
            if result > 0 {
                written += result
            } else if result < 0, errno != EINTR {
                throw SystemFault.error("cannot write \(path)")
            }
        }
    }

    /// Reads up to `count` bytes at an offset.
    func read(_ count: Int, at offset: Int) throws -> [UInt8] {
        var failure: CInt = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let result = unsafe pread(
                    value, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
                if result > 0 {
                    filled += result
                } else if result == 0 {
                    break
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        guard failure == 0 else { throw SystemFault.error("cannot read \(path)", code: failure) }
        return bytes
    }

    /// The file's size in bytes.
    func byteCount() throws -> Int {
        var status = stat()
        guard unsafe fstat(value, &status) == 0 else { throw SystemFault.error("cannot examine \(path)") }
        return Int(status.st_size)
    }

    /// Cuts the file to a size.
    func truncate(toByteCount count: Int) throws {
        guard ftruncate(value, off_t(count)) == 0 else { throw SystemFault.error("cannot cut \(path)") }
    }

    /// Sets the permissions, whatever the process's mask.
    func setPermissions(_ permissions: mode_t) throws {
        guard fchmod(value, permissions) == 0 else {
            throw SystemFault.error("cannot set the permissions of \(path)")
        }
    }

    /// Waits until the content is on the disk.
    func synchronize() throws {
        guard fsync(value) == 0 else { throw SystemFault.error("cannot sync \(path)") }
    }
}

/// Refusals of the system as errors.
enum SystemFault {
    /// Returns an error with the system's reason, `errno` unless a code is given.
    static func error(_ what: String, code: CInt = errno) -> ReportingError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return ReportingError(.fileSystem, "\(what): \(reason)")
    }
}
