/// Decides which lines of a log that others bring about are written, so that a flood of them does not fill a disk.
package struct LogWindow: Sendable {
    private var windowStart = Duration.zero
    private var loggedCount = 0
    private var suppressedCount = 0

    /// Creates a window in which nothing was logged.
    package init() {}

    /// Returns whether to log a line at `now`, with the number left out since the last one logged; nil: leave out.
    ///
    /// - Parameters:
    ///   - now: time since an arbitrary start, never falling.
    ///   - limit: lines in a second.
    package mutating func admit(at now: Duration, limit: Int) -> Int? {
        if now - windowStart >= .seconds(1) {
            windowStart = now
            loggedCount = 0
        }
        guard loggedCount < limit else {
            suppressedCount += 1
            return nil
        }
        loggedCount += 1
        defer { suppressedCount = 0 }
        return suppressedCount
    }
}
