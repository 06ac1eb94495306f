internal import Glibc

/// Where results go: a stream of the process, or a test.
///
/// Unlike ``TextOutput`` it loses nothing in silence.
package struct ResultOutput: Sendable {
    private let body: @Sendable (String) throws -> Void

    /// Creates an output from a function that takes each piece of text.
    package init(_ body: @escaping @Sendable (String) throws -> Void) {
        self.body = body
    }

    /// Writes text, however long its reader takes.
    ///
    /// - Throws: ``ReportingError`` `fileSystem` where it is not written whole.
    package func write(_ text: String) throws {
        try body(text)
    }

    /// The standard output stream.
    package static let standardOutput = ResultOutput { try send($0, to: STDOUT_FILENO) }

    static func send(_ text: String, to descriptor: CInt) throws {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if result > 0 {
                written += result
            } else if result < 0, errno == EAGAIN {
                // Who shares the stream made it non-blocking.
                var awaited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&awaited, 1, -1)
            } else if result < 0, errno != EINTR {
                throw SystemFault.error("cannot write the results to standard output")
            }
        }
    }
}
