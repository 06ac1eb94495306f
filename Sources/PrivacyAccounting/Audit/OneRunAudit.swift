internal import Glibc

/// A lower bound on epsilon from one run in which each of several canaries was included by a fair coin.
///
/// - SeeAlso: Steinke, Nasr, Jagielski, arXiv 2305.08846, Theorem 5.2.
package struct OneRunAudit: Sendable {
    /// Canaries whose coin was tossed.
    package let canaryCount: Int
    /// Canaries of which the auditor guessed whether they were included.
    package let guessCount: Int
    /// Right guesses.
    package let correctCount: Int

    /// Creates the outcome of a run.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` unless 0 <= right guesses <= guesses <= canaries and
    ///   there is a canary.
    package init(canaryCount: Int, guessCount: Int, correctCount: Int) throws(AccountingError) {
        guard canaryCount > 0, (0...canaryCount).contains(guessCount), (0...guessCount).contains(correctCount)
        else {
            throw AccountingError(
                .invalidParameter,
                "right guesses, guesses and canaries must not fall, got \(correctCount), \(guessCount), \(canaryCount)"
            )
        }
        self.canaryCount = canaryCount
        self.guessCount = guessCount
        self.correctCount = correctCount
    }

    /// Returns the probability of as many right guesses or more if (epsilon, delta) held, at most 1:
    /// P(B >= v) + 2 m delta max_i P(v > B >= v - i) / i, B binomial with e^epsilon / (1 + e^epsilon).
    ///
    /// - Complexity: O(right guesses).
    package func pValue(epsilon: Double, delta: Double) -> Double {
        let probability = 1 / (1 + exp(-epsilon))
        let beyond = BinomialTail.atLeast(correctCount, of: guessCount, probability: probability)
        guard delta > 0, correctCount > 0 else { return min(1, beyond) }
        var sum = 0.0
        var largest = 0.0
        for i in 1...correctCount {
            sum += mass(correctCount - i, probability)
            largest = max(largest, sum / Double(i))
        }
        return min(1, beyond + 2 * Double(canaryCount) * delta * largest)
    }

    private func mass(_ successes: Int, _ probability: Double) -> Double {
        let (n, k) = (Double(guessCount), Double(successes))
        let logBinomial = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
        return exp(logBinomial + k * log(probability) + (n - k) * log1p(-probability))
    }

    /// Returns an epsilon that is refuted with confidence 1 - `significance`, rounded down; 0 where none is.
    package func lowerBound(delta: Double, significance: Double) -> Double {
        // The p value grows with epsilon; the search keeps an end at which it was evaluated to be below.
        func excess(_ epsilon: Double) -> Double { significance - pValue(epsilon: epsilon, delta: delta) }
        guard excess(0) > 0 else { return 0 }
        var high = 1.0
        while excess(high) > 0, high < 700 { high *= 2 }
        return Search.signChange(
            in: 0...high, values: (excess(0), excess(high)), isNarrow: { $1 - $0 <= 1e-12 * $1 }, of: excess
        ).lowerBound
    }
}
