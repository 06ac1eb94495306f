/// Measures operations by the clock on the wall.
enum Stopwatch {
    /// The least a measurement takes: far more than the clock's resolution and a thread's switch.
    static let sampleDuration: Duration = .milliseconds(30)
    /// Operations in a measurement at most.
    static let operationCountLimit = 1 << 22

    /// Returns how many operations fill a measurement; runs some to find out, which also warms caches.
    static func operationCount(of operation: () throws -> Void) throws -> Int {
        var count = 1
        while true {
            let elapsed = try duration(of: count, operation)
            if elapsed >= sampleDuration || count >= operationCountLimit { return count }
            let factor = min(16, max(2, (1.2 * (sampleDuration / elapsed)).rounded(.up)))
            count = min(operationCountLimit, count * Int(factor))
        }
    }

    /// Returns the mean time of `count` operations in a row.
    static func secondsPerOperation(_ count: Int, _ operation: () throws -> Void) throws -> Double {
        try duration(of: count, operation) / .seconds(1) / Double(count)
    }

    private static func duration(of count: Int, _ operation: () throws -> Void) throws -> Duration {
        let start = ContinuousClock.now
        for _ in 0..<count { try operation() }
        return ContinuousClock.now - start
    }
}

/// Makes the work that led to a value count as needed, whatever the optimiser can see of it.
@inline(never)
@_optimize(none)
func keep<Value: ~Copyable>(_ value: borrowing Value) {}
