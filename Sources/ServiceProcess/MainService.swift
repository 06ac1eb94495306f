internal import ServiceLifecycle
internal import Synchronization

/// One piece of work as a service of a group, with its result kept.
final class MainService<Result: Sendable>: Service {
    private let body: @Sendable () async throws -> Result
    private let outcome = Mutex<Result?>(nil)

    init(_ body: @escaping @Sendable () async throws -> Result) {
        self.body = body
    }

    /// What the work returned; nil before it did.
    var result: Result? { outcome.withLock { $0 } }

    func run() async throws {
        do {
            let result = try await body()
            outcome.withLock { $0 = result }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // Shut down before it could return: no failure, and no result.
        }
    }
}
