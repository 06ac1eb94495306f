/// The middle and the upper end of some durations.
package struct Quantiles: Sendable, Equatable {
    package let median: Double
    /// What 99 of 100 do not exceed.
    package let p99: Double

    private init(median: Double, p99: Double) {
        self.median = median
        self.p99 = p99
    }

    /// Creates the quantiles of `values`; zeros where there are none.
    package init(_ values: [Double]) {
        let sorted = values.sorted()
        func quantile(_ part: Double) -> Double {
            sorted.isEmpty ? 0 : sorted[Int((Double(sorted.count - 1) * part).rounded())]
        }
        self.init(median: quantile(0.5), p99: quantile(0.99))
    }

    func scaled(by factor: Double) -> Quantiles {
        Quantiles(median: factor * median, p99: factor * p99)
    }
}
