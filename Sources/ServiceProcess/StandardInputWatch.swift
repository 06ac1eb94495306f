internal import Dispatch
internal import Glibc
internal import ServiceLifecycle

/// Returns when standard input ends: its other end was closed, or held by a process that is gone.
struct StandardInputWatch: Service {
    func run() async throws {
        let (ended, continuation) = AsyncStream<Never>.makeStream()
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO)
        source.setEventHandler {
            var byte: UInt8 = 0
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { continuation.finish() }
        }
        source.activate()
        defer { source.cancel() }
        await cancelWhenGracefulShutdown {
            for await _ in ended {}
        }
    }
}
