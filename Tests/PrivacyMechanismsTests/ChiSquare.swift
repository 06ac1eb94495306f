internal import Glibc
internal import Testing

/// Compares counts with probabilities, at fixed seeds.
enum ChiSquare {
    /// Expects that counts have the distribution; bins in which fewer than 10 are expected are put together.
    ///
    /// The bound is passed by chance once in a million seeds (Wilson and Hilferty 1931).
    static func expect(
        _ counts: [Int], probabilities: [Double], _ comment: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let total = Double(counts.reduce(0, +))
        var statistic = 0.0
        var binCount = 0
        var rest = (count: 0.0, expected: 0.0)
        func add(_ count: Double, _ expected: Double) {
            statistic += (count - expected) * (count - expected) / expected
            binCount += 1
        }
        for (count, probability) in zip(counts, probabilities) {
            if probability * total >= 10 {
                add(Double(count), probability * total)
            } else {
                rest.count += Double(count)
                rest.expected += probability * total
            }
        }
        if rest.expected >= 1 { add(rest.count, rest.expected) }
        let freedom = Double(binCount - 1)
        let root = 1 - 2 / (9 * freedom) + 4.75 * (2 / (9 * freedom)).squareRoot()
        let bound = freedom * root * root * root
        #expect(binCount > 1 && statistic < bound, comment, sourceLocation: sourceLocation)
    }

    /// The standard normal distribution function.
    static func normal(_ value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }
}
