internal import Glibc

/// A regular file open for reading at any offset; closed when the last user lets go.
final class InputFile: Sendable {
    /// The path as given, for messages.
    let path: String
    /// The size when it was opened.
    let byteCount: Int
    private let descriptor: CInt

    /// Opens a file.
    ///
    /// - Throws: `unreadable` with the system's reason, or when it is no regular file.
    init(path: String) throws {
        // Without O_NONBLOCK, opening a named pipe would wait for a writer.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw DatasetsError(.unreadable, "\(path): cannot open: \(Self.reason(errno))")
        }
        self.path = path
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw DatasetsError(.unreadable, "\(path): cannot examine: \(Self.reason(code))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw DatasetsError(
                .unreadable, "\(path): not a regular file; data is read twice, so save it to a file first")
        }
        byteCount = Int(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Fills `buffer` from `index` on with bytes of the file from `offset` on.
    ///
    /// - Returns: How many bytes were read: all that fit, unless the file ends; 0 at its end.
    func read(into buffer: inout [UInt8], from index: Int, upTo limit: Int, at offset: Int) throws -> Int {
        precondition(0 <= index && index <= limit && limit <= buffer.count, "bounds of the buffer")
        var count = 0
        while index + count < limit {
            let result = unsafe buffer.withUnsafeMutableBytes { bytes in
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(index + count)..<limit])
                return unsafe pread(descriptor, target.baseAddress, target.count, off_t(offset + count))
            }
            if result > 0 {
                count += result
            } else if result == 0 {
                break
            } else if errno != EINTR {
                throw DatasetsError(.unreadable, "\(path): cannot read: \(Self.reason(errno))")
            }
        }
        return count
    }

    private static func reason(_ code: CInt) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
