internal import Glibc

/// Where messages go: a stream of the process, or a test.
///
/// Some may be lost; results go to a ``ResultOutput``.
package struct TextOutput: Sendable {
    private let body: @Sendable (String) -> Void

    /// Creates an output from a function that takes each piece of text.
    package init(_ body: @escaping @Sendable (String) -> Void) {
        self.body = body
    }

    /// Writes text.
    package func write(_ text: String) {
        body(text)
    }

    /// The standard error stream: one write a piece of text, so that lines of several processes do not mix.
    package static let standardError = TextOutput { send($0, to: STDERR_FILENO) }

    /// Whether the standard error stream is a terminal.
    package static var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    private static func send(_ text: String, to descriptor: CInt) {
        let bytes = Array(text.utf8)
        var written = 0
        // A full pipe of somebody who does not read must not stop the process: after some tries, it is lost.
        for _ in 0..<ReportingLimits.lineWriteAttemptCount where written < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if result > 0 { written += result } else if errno != EINTR && errno != EAGAIN { return }
        }
    }
}
