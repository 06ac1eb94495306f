internal import Glibc

/// Tests of the sizes of samples against independent binomial numbers, all exact.
package enum BatchSizeStatistics {
    /// Returns the tests' outcomes: the units drawn altogether, how many sizes are near the middle (too many where
    /// sizes are fixed, too few where they vary too much), and how often disjoint neighbours are equal.
    ///
    /// - Parameters:
    ///   - sizes: Of each sample, from 0 to `unitCount`, in order.
    ///   - unitCount: Units that are drawn from, at least 1.
    ///   - rate: The claimed probability of each, above 0 and below 1.
    /// - Complexity: O(sqrt(n)) for n units, and O(1) a sample.
    package static func tests(of sizes: [Int], unitCount: Int, rate: Double) -> [StatisticalTest] {
        guard !sizes.isEmpty else { return [] }
        let masses = masses(unitCount: unitCount, rate: rate)
        let total = sizes.reduce(0, +)
        let (middle, probability) = middle(of: masses.probabilities, from: masses.first)
        let near = sizes.filter(middle.contains).count
        var tests = [
            StatisticalTest(
                "units in all samples", pValue: twoSided(total, of: unitCount * sizes.count, rate)),
            StatisticalTest(
                "sizes of samples near the middle", pValue: twoSided(near, of: sizes.count, probability)),
        ]
        let pairCount = sizes.count / 2
        if pairCount > 0 {
            let equal = (0..<pairCount).filter { sizes[2 * $0] == sizes[2 * $0 + 1] }.count
            let collision = masses.probabilities.reduce(0) { $0 + $1 * $1 }
            tests.append(
                StatisticalTest(
                    "equal sizes of consecutive samples", pValue: twoSided(equal, of: pairCount, collision)))
        }
        return tests
    }

    /// Returns the probability of a binomial number as far to one side, or further, twice.
    static func twoSided(_ successes: Int, of count: Int, _ probability: Double) -> Double {
        let upper = BinomialTail.atLeast(successes, of: count, probability: probability)
        let lower = BinomialTail.atLeast(count - successes, of: count, probability: 1 - probability)
        return min(1, 2 * min(lower, upper))
    }

    /// The probabilities of the sizes from `first` on: all that are not below 1e-30 together.
    ///
    /// By Bernstein's inequality, sizes beyond 12 standard deviations and 60 units from the mean are rarer.
    private static func masses(unitCount: Int, rate: Double) -> (first: Int, probabilities: [Double]) {
        let n = Double(unitCount)
        let reach = 12 * (n * rate * (1 - rate)).squareRoot() + 60
        let first = Int(max(0, (n * rate - reach).rounded(.down)))
        let last = Int(min(n, (n * rate + reach).rounded(.up)))
        let probabilities = (first...last).map { size in
            let k = Double(size)
            return exp(
                lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(rate) + (n - k) * log1p(-rate))
        }
        return (first, probabilities)
    }

    /// Returns the fewest likeliest sizes of together half of the probability at least.
    private static func middle(
        of masses: [Double], from first: Int
    ) -> (sizes: ClosedRange<Int>, probability: Double) {
        let mode = masses.indices.max { masses[$0] < masses[$1] } ?? 0
        var (low, high, probability) = (mode, mode, masses[mode])
        while probability < 0.5, low > 0 || high < masses.count - 1 {
            let below = low > 0 ? masses[low - 1] : -1
            let above = high < masses.count - 1 ? masses[high + 1] : -1
            if below > above {
                low -= 1
                probability += below
            } else {
                high += 1
                probability += above
            }
        }
        return (first + low...first + high, min(probability, 1))
    }
}
