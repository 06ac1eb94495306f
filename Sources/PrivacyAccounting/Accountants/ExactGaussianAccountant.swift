/// The exact account of unsampled Gaussian releases: together they are one.
package struct ExactGaussianAccountant: PrivacyAccountant {
    package static let name = "exact"
    package let relation: NeighbouringRelation
    package private(set) var tally = ReleaseTally()

    package init(relation: NeighbouringRelation) {
        self.relation = relation
    }

    package mutating func compose(_ tally: ReleaseTally) throws(AccountingError) {
        for release in tally.releases {
            guard case .gaussian = release else { throw unsupported(release) }
        }
        try self.tally.add(tally)
    }

    /// Returns epsilon at `delta`, rounded up by at most 2e-11 of itself.
    package func epsilon(delta: Double) throws(AccountingError) -> Double {
        try AccountingLimits.require(delta: delta)
        return tally.isNonPrivate ? .infinity : GaussianPrivacy.epsilon(delta: delta, mu: mu)
    }

    /// Returns delta at `epsilon`, rounded up by at most 1e-10 of itself.
    package func delta(epsilon: Double) throws(AccountingError) -> Double {
        try AccountingLimits.require(epsilon: epsilon)
        return tally.isNonPrivate ? 1 : GaussianPrivacy.delta(epsilon: epsilon, mu: mu)
    }

    /// The distance of the one Gaussian that all releases are together, rounded up.
    package var mu: Double { tally.gaussianSquaredMu(relation).squareRoot().nextUp }
}

extension ReleaseTally {
    /// The squared distance of the one Gaussian that all unsampled Gaussian releases are together, rounded
    /// up.
    func gaussianSquaredMu(_ relation: NeighbouringRelation) -> Double {
        runs.reduce(0) { sum, run in
            guard case .gaussian(let noise) = run.release else { return sum }
            let mu = relation.sensitivityPerClippingNorm / noise
            return (sum + (mu * mu * Double(run.count)).nextUp).nextUp
        }
    }
}
