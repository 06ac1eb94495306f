/// Counts of values by fixed upper bounds, as Prometheus takes them.
package struct MetricsHistogram: Sendable, Equatable {
    /// Upper bounds, rising; one more cell holds what is above the last.
    package let bounds: [Double]
    /// Values per cell, not summed up.
    package private(set) var counts: [Int]
    package private(set) var sum = 0.0

    /// Creates an empty histogram.
    package init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "the bounds rise, got \(bounds)")
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package var count: Int { counts.reduce(0, +) }

    /// Counts a value.
    ///
    /// - Complexity: O(bounds).
    package mutating func record(_ value: Double) {
        let cell = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[cell] += 1
        sum += value
    }
}
