internal import Glibc

/// Measures the processor time of all threads of this process, which another program's load does not add to.
enum ProcessorClock {
    /// Returns the seconds so far.
    static func seconds() -> Double {
        var time = timespec()
        let status = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        precondition(status == 0, "the clock of processor time failed: \(errno)")
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }

    /// Returns what `body` returns, and adds the seconds it took.
    static func measure<Result>(_ seconds: inout Double, _ body: () throws -> Result) rethrows -> Result {
        let start = Self.seconds()
        defer { seconds += Self.seconds() - start }
        return try body()
    }
}
