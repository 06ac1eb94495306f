internal import ServiceLifecycle
internal import UnixSignals

/// SIGUSR1 as the operator's word that work should be brought to its end now, and its result served.
package struct StopSignal: Service {
    private let requested: @Sendable () -> Void

    /// Creates a service that calls `requested` at each signal.
    package init(_ requested: @escaping @Sendable () -> Void) {
        self.requested = requested
    }

    package func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigusr1).cancelOnGracefulShutdown() {
            requested()
        }
    }
}
