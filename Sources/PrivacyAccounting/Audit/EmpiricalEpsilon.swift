internal import Glibc

/// Lower bounds on epsilon from attacks: with the stated confidence, no smaller epsilon holds.
///
/// - Warning: They can refute a claim and never prove one.
package enum EmpiricalEpsilon {
    /// What many runs of an attack showed.
    package struct Attack: Sendable {
        /// Runs with and without the canary.
        package let memberCount: Int
        package let nonmemberCount: Int
        /// Runs without the canary in which the attack said there was one.
        package let falsePositives: Int
        /// Runs with the canary in which the attack said there was none.
        package let falseNegatives: Int

        /// Creates the counts of an attack.
        ///
        /// - Throws: ``AccountingError`` `invalidParameter` unless there are runs of both kinds and no more
        ///   errors than runs.
        package init(
            memberCount: Int, nonmemberCount: Int, falsePositives: Int, falseNegatives: Int
        ) throws(AccountingError) {
            guard memberCount > 0, nonmemberCount > 0, (0...nonmemberCount).contains(falsePositives),
                (0...memberCount).contains(falseNegatives)
            else {
                throw AccountingError(
                    .invalidParameter,
                    "an attack needs runs of both kinds and no more errors than runs, got \(falsePositives) of "
                        + "\(nonmemberCount) and \(falseNegatives) of \(memberCount)")
            }
            self.memberCount = memberCount
            self.nonmemberCount = nonmemberCount
            self.falsePositives = falsePositives
            self.falseNegatives = falseNegatives
        }
    }

    /// Lower bounds that follow from an attack.
    package struct Bounds: Sendable, Equatable {
        /// Clopper-Pearson upper bounds on the attack's error rates.
        package let falsePositiveRate: Double
        package let falseNegativeRate: Double
        /// For any mechanism.
        package let epsilon: Double
        /// For a mechanism that is one Gaussian: its mu and the epsilon of that.
        package let mu: Double
        package let gaussianEpsilon: Double
    }

    /// Returns lower bounds from many runs, all holding together with confidence 1 - `significance`.
    ///
    /// Half of the significance goes to each error rate.
    ///
    /// - SeeAlso: Nasr et al., arXiv 2302.07956, section 4: the largest of ln((1 - delta - FNR) / FPR) and
    ///   its mirror image; mu = quantile(1 - FPR) - quantile(FNR).
    package static func bounds(of attack: Attack, delta: Double, significance: Double) -> Bounds {
        let falsePositiveRate = BinomialTail.upperBound(
            successes: attack.falsePositives, count: attack.nonmemberCount, significance: significance / 2)
        let falseNegativeRate = BinomialTail.upperBound(
            successes: attack.falseNegatives, count: attack.memberCount, significance: significance / 2)
        func epsilon(_ missed: Double, _ false: Double) -> Double {
            let hit = 1 - delta - missed
            return hit > 0 ? max(0, log(hit / `false`)) : 0
        }
        let isInformative = falsePositiveRate < 1 && falseNegativeRate < 1
        let mu =
            isInformative
            ? max(
                0,
                -NormalDistribution.quantile(falsePositiveRate)
                    - NormalDistribution.quantile(falseNegativeRate))
            : 0
        return Bounds(
            falsePositiveRate: falsePositiveRate, falseNegativeRate: falseNegativeRate,
            epsilon: max(
                epsilon(falseNegativeRate, falsePositiveRate), epsilon(falsePositiveRate, falseNegativeRate)),
            mu: mu, gaussianEpsilon: mu > 0 ? GaussianPrivacy.epsilon(delta: delta, mu: mu) * (1 - 1e-10) : 0)
    }
}
