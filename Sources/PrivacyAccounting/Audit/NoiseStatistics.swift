internal import Glibc

/// Tests of recorded noise against independent normal numbers.
///
/// Each p value is a bound on the probability, for any number of samples: no test rests on a limit theorem. Recorded
/// noise is rounded to a grid; with the 10^7 and more steps to a standard deviation that the mechanisms have, this
/// moves no p value by more than a millionth of the samples' number.
package enum NoiseStatistics {
    /// Returns the tests' outcomes: no mean, the variance, of all and of each release, the distribution, neighbouring
    /// elements, neighbouring releases, and the sums that the noise is added to.
    ///
    /// - Parameters:
    ///   - noise: The noise of each release over its claimed standard deviation; one number of elements in all.
    ///   - sums: What the noise was added to, in any unit.
    /// - Complexity: O(n log n) for n elements together.
    package static func tests(of noise: [[Double]], addedTo sums: [[Double]]) -> [StatisticalTest] {
        let all = noise.flatMap { $0 }
        guard !all.isEmpty else { return [] }
        let sum = all.reduce(0, +)
        let squares = noise.map { $0.reduce(0) { $0 + $1 * $1 } }
        var tests = [
            StatisticalTest("mean of the noise", pValue: normal(sum / Double(all.count).squareRoot())),
            StatisticalTest(
                "variance of the noise",
                pValue: ChiSquareTail.twoSided(squares.reduce(0, +), freedom: all.count)),
            StatisticalTest("distribution of the noise", pValue: distribution(all)),
            StatisticalTest("noise against the sums under it", pValue: projections(of: noise, on: sums)),
        ]
        let each = squares.indices.map {
            ChiSquareTail.twoSided(squares[$0], freedom: noise[$0].count)
        }
        tests += [StatisticalTest("variance of one release's noise", pValues: each)].compactMap(\.self)
        tests += correlations("neighbouring elements of the noise", in: noise.map(elementPairs))
        tests += correlations("noise of consecutive releases", in: [releasePairs(noise)])
        return tests
    }

    /// Returns the probability of a standard normal number as far from 0 as `value`.
    private static func normal(_ value: Double) -> Double {
        min(1, 2 * NormalDistribution.upperTail(abs(value)))
    }

    /// Returns a bound on the probability of an empirical distribution function as far from the normal one.
    ///
    /// - SeeAlso: Massart, Annals of Probability 18 (1990), corollary 1: 2 exp(-2 n D^2).
    private static func distribution(_ values: [Double]) -> Double {
        let count = Double(values.count)
        var distance = 0.0
        for (index, value) in values.sorted().enumerated() {
            let below = 1 - NormalDistribution.upperTail(value)
            distance = max(distance, Double(index + 1) / count - below, below - Double(index) / count)
        }
        return min(1, 2 * exp(-2 * count * distance * distance))
    }

    /// Each release's noise, along the direction of the sum under it, is a standard normal number whatever the sum.
    private static func projections(of noise: [[Double]], on sums: [[Double]]) -> Double {
        var total = 0.0
        var count = 0.0
        for (noise, sum) in zip(noise, sums) {
            let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 0, norm.isFinite else { continue }
            total += zip(noise, sum).reduce(0) { $0 + $1.0 * ($1.1 / norm) }
            count += 1
        }
        return count > 0 ? normal(total / count.squareRoot()) : 1
    }

    /// Pairs of disjoint neighbours, from the first element and from the second on.
    private static func elementPairs(_ noise: [Double]) -> [[(Double, Double)]] {
        (0...1).map { start in
            stride(from: start, to: noise.count - 1, by: 2).map { (noise[$0], noise[$0 + 1]) }
        }
    }

    private static func releasePairs(_ noise: [[Double]]) -> [[(Double, Double)]] {
        (0...1).map { start in
            stride(from: start, to: noise.count - 1, by: 2).flatMap {
                Array(zip(noise[$0], noise[$0 + 1]))
            }
        }
    }

    /// Tests that the pairs of a parity are uncorrelated: with sums and differences, the share of the sums' squares
    /// in all squares has the distribution Beta(n / 2, n / 2) exactly.
    private static func correlations(
        _ name: String, in parts: [[[(Double, Double)]]]
    ) -> [StatisticalTest] {
        let pValues = (0...1).compactMap { parity -> Double? in
            var (sums, differences, count) = (0.0, 0.0, 0)
            for part in parts {
                for (left, right) in part[parity] {
                    sums += (left + right) * (left + right)
                    differences += (left - right) * (left - right)
                    count += 1
                }
            }
            guard count > 0, sums + differences > 0 else { return nil }
            let share = sums / (sums + differences)
            let half = Double(count) / 2
            return min(1, 2 * BinomialTail.incompleteBeta(half, half, min(share, 1 - share)))
        }
        return [StatisticalTest(name, pValues: pValues)].compactMap(\.self)
    }
}
