internal import Federation

/// The rate of events over the last seconds.
struct RateWindow: Sendable {
    private let start: Duration
    /// Events of each second, at its number modulo the window.
    private var counts: [(second: Int64, count: Int)]

    /// - Parameter start: The first moment; a window that is not full yet counts from here.
    init(seconds: Int = AggregatorLimits.rateWindowSeconds, start: Duration) {
        self.start = start
        counts = Array(repeating: (-1, 0), count: seconds)
    }

    mutating func record(at now: Duration) {
        let second = now.components.seconds
        let index = Int(second % Int64(counts.count))
        if counts[index].second != second { counts[index] = (second, 0) }
        counts[index].count += 1
    }

    /// Events per second, over the seconds before this one and the part of this one that has passed.
    func rate(at now: Duration) -> Double {
        let first = now.components.seconds - Int64(counts.count) + 1
        let count = counts.reduce(0) { $0 + ($1.second >= first ? $1.count : 0) }
        let span = now.seconds - max(Double(first), start.seconds)
        return Double(count) / max(span, 1)
    }
}
