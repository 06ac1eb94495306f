internal import AggregatorService
internal import TestSupport

/// Time as the aggregator's own timers have it: on a machine that is too busy to run them, it stands still with them.
///
/// The ticks that passed never make more than the true time, and on an idle machine as much.
enum Metronome {
    static let interval = AggregatorLimits.clockInterval

    /// Runs `body` beside a count of intervals.
    static func measure<Result: Sendable>(
        _ body: (_ ticks: Observed<Int>) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let ticks = Observed(0)
            group.addTask {
                while true {
                    try await Task.sleep(for: interval)
                    ticks.update { $0 += 1 }
                }
            }
            // It counts before it is read.
            _ = try await ticks.wait { $0 > 0 }
            let result = try await body(ticks)
            group.cancelAll()
            return result
        }
    }
}
