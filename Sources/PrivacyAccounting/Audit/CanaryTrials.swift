/// Scores of canaries, each of which was in by a fair coin, and what they show.
package struct CanaryTrials: Sendable {
    /// A score for each canary, higher where it looks as if it was in; in standard deviations of the claimed noise,
    /// 0 half-way between what is expected of in and of out.
    package private(set) var scores: [Double]
    /// Whether each canary was in.
    package private(set) var membership: [Bool]

    /// - Precondition: One score a canary.
    package init(scores: [Double], membership: [Bool]) {
        precondition(scores.count == membership.count, "a score for each canary")
        self.scores = scores
        self.membership = membership
    }

    /// Adds other canaries.
    package mutating func append(_ other: CanaryTrials) {
        scores += other.scores
        membership += other.membership
    }

    /// What guesses about one run's canaries show.
    package struct OneRun: Sendable, Equatable {
        /// The guesses of the bound.
        package let guessCount: Int
        package let correctCount: Int
        /// The lower bound.
        package let epsilon: Double
    }

    /// The parts of the canaries that are guessed about, in each way of choosing them.
    ///
    /// Fixed beforehand: each has its part of the significance, so that the best may be taken.
    private static let guessedParts = [1, 2, 4, 8]
    /// The scores from which on a canary is said to be in, fixed beforehand likewise.
    private static let thresholds = [-1.0, 0, 1]

    /// Returns the best lower bound from one run with all canaries.
    ///
    /// Guessed about are, in one way, the highest scores as in and as many of the lowest as out; in another, the scores
    /// farthest from 0, by their sign. Holds for any mechanism, also where canaries' scores depend on one another.
    ///
    /// - Returns: nil without two canaries.
    /// - Throws: What ``OneRunAudit`` throws: nothing here.
    /// - Complexity: O(m log m) for m canaries, and O(m) for each evaluation of the p value.
    package func oneRun(delta: Double, significance: Double) throws(AccountingError) -> OneRun? {
        let counts = Set(Self.guessedParts.map { scores.count / $0 / 2 * 2 }.filter { $0 > 0 }).sorted()
        let ranked = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        let farthest = scores.indices.sorted { (-abs(scores[$0]), $0) < (-abs(scores[$1]), $1) }
        var best: OneRun?
        for count in counts {
            let byRank =
                ranked.prefix(count / 2).filter { !membership[$0] }.count
                + ranked.suffix(count / 2).filter { membership[$0] }.count
            let bySign = farthest.prefix(count).filter { membership[$0] == (scores[$0] > 0) }.count
            for correct in [byRank, bySign] {
                let audit = try OneRunAudit(
                    canaryCount: scores.count, guessCount: count, correctCount: correct)
                let epsilon = audit.lowerBound(
                    delta: delta, significance: significance / Double(2 * counts.count))
                if best.map({ epsilon > $0.epsilon }) ?? true {
                    best = OneRun(guessCount: count, correctCount: correct, epsilon: epsilon)
                }
            }
        }
        return best
    }

    /// Returns lower bounds from error rates, over as many trials as there are canaries.
    ///
    /// - Precondition: The trials are independent: canaries of one run have directions of their own, and what all other
    ///   records add was subtracted.
    /// - Returns: Of the thresholds, the bounds with the highest epsilon and those with the highest mu; nil unless there
    ///   are canaries of both kinds.
    package func independent(
        delta: Double, significance: Double
    ) throws(AccountingError) -> (any: EmpiricalEpsilon.Bounds, gaussian: EmpiricalEpsilon.Bounds)? {
        let memberCount = membership.filter(\.self).count
        guard memberCount > 0, memberCount < membership.count else { return nil }
        var found: (any: EmpiricalEpsilon.Bounds, gaussian: EmpiricalEpsilon.Bounds)?
        for threshold in Self.thresholds {
            var (positives, negatives) = (0, 0)
            for (score, isMember) in zip(scores, membership) {
                if isMember, score < threshold { negatives += 1 }
                if !isMember, score >= threshold { positives += 1 }
            }
            let attack = try EmpiricalEpsilon.Attack(
                memberCount: memberCount, nonmemberCount: membership.count - memberCount,
                falsePositives: positives, falseNegatives: negatives)
            let bounds = EmpiricalEpsilon.bounds(
                of: attack, delta: delta, significance: significance / Double(Self.thresholds.count))
            found = (
                any: found.map { $0.any.epsilon >= bounds.epsilon ? $0.any : bounds } ?? bounds,
                gaussian: found.map { $0.gaussian.mu >= bounds.mu ? $0.gaussian : bounds } ?? bounds
            )
        }
        return found
    }
}
