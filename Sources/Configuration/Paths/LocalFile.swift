internal import Glibc

/// Bounded reading of small local text files.
enum LocalFile {
    /// Returns the text of a file.
    ///
    /// - Throws: ``ConfigurationError/Code/unreadableFile`` where it is absent, no regular file, larger than
    ///   ``ConfigurationLimits/fileByteCount``, or no UTF-8.
    static func text(_ path: String, what: String) throws(ConfigurationError) -> String {
        func refusal(_ problem: String) -> ConfigurationError {
            ConfigurationError(.unreadableFile, "\(path): \(what) \(problem)")
        }
        // Without O_NONBLOCK the opening of a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw refusal(
                "cannot be opened: \(String(cString: strerror(errno))); check the path and its permissions")
        }
        defer { close(descriptor) }
        guard isKind(descriptor, S_IFREG) else { throw refusal("is no regular file; name a text file") }
        let limit = ConfigurationLimits.fileByteCount
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw refusal("cannot be read: \(String(cString: strerror(errno)))") }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        guard bytes.count <= limit else {
            throw refusal("has more than \(limit) bytes; is this the right file?")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw refusal("is no UTF-8 text; save it as UTF-8")
        }
        return text
    }

    /// Whether a file that this process can read is at `path`.
    static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 && !isFolder(path) }

    /// Whether a folder is at `path`.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func isKind(_ descriptor: Int32, _ kind: mode_t) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == kind
    }
}
