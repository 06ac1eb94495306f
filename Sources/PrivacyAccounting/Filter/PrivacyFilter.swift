internal import Glibc

/// A ceiling that holds for releases whose parameters, and whose number, are chosen from earlier outputs.
///
/// Spending is measured in one quantity that adds up, fixed beforehand, and a release that would pass the
/// budget is refused: everything granted then satisfies (epsilon, delta), whatever the choices depended on.
///
/// - SeeAlso: Rogers et al., arXiv 1605.08294 (filters and odometers); Feldman and Zrnic, arXiv 2008.11193,
///   Theorem 3.1 (Renyi, one order); Smith and Thakurta, arXiv 2202.10209 (Gaussian privacy).
package struct PrivacyFilter: Sendable {
    /// The quantity that is spent.
    package enum Measure: Sendable, Equatable {
        /// The squared distance mu^2 of unsampled Gaussian releases: as tight as without adaptivity.
        case gaussian
        /// The Renyi divergence of one order: also of sampled and discrete Gaussian releases.
        case renyi(order: Double)
    }

    /// What became of a request.
    package enum Decision: Sendable, Equatable {
        /// It is within the budget and charged.
        case granted
        /// It would pass the budget; nothing is charged, and a smaller request may still be granted.
        case refused
    }

    package let epsilon: Double
    package let delta: Double
    package let relation: NeighbouringRelation
    package let measure: Measure
    /// The largest sum that gives (epsilon, delta), rounded down; in the units of the measure.
    package let budget: Double
    /// The sum charged, rounded up.
    package private(set) var spent = 0.0
    private var costs: [Release: Double] = [:]

    /// Creates a filter that has granted nothing.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` for an epsilon, delta or order out of range;
    ///   `unreachableTarget` where nothing at all could be granted, as the conversion of the order costs more
    ///   than epsilon.
    package init(
        epsilon: Double, delta: Double, relation: NeighbouringRelation, measure: Measure
    ) throws(AccountingError) {
        try AccountingLimits.require(epsilon: epsilon)
        try AccountingLimits.require(delta: delta)
        self.epsilon = epsilon
        self.delta = delta
        self.relation = relation
        self.measure = measure
        switch measure {
        case .gaussian:
            let mu = GaussianPrivacy.mu(epsilon: epsilon, delta: delta)
            budget = (mu * mu).nextDown
        case .renyi(let order):
            guard order > 1, order <= 1024 else {
                throw AccountingError(
                    .invalidParameter,
                    "the order of a Renyi filter must be above 1 and at most 1024, got \(order)")
            }
            let conversion = log(delta * order) / (order - 1) - log1p(-1 / order)
            budget = (epsilon + conversion) * (1 - 1e-11) - 1e-11 * abs(conversion)
        }
        guard budget > 0 else {
            throw AccountingError(
                .unreachableTarget,
                "a Renyi filter of this order grants nothing at epsilon \(epsilon) and delta \(delta); take a higher order"
            )
        }
    }

    /// Returns the measure whose filter grants the most releases like `event`: squared distances for unsampled Gaussian
    /// noise, where adaptivity is free, otherwise the best Renyi order.
    ///
    /// - Throws: As ``bestOrder(for:epsilon:delta:relation:)``.
    package static func bestMeasure(
        for event: PrivacyEvent, epsilon: Double, delta: Double, relation: NeighbouringRelation
    ) throws(AccountingError) -> Measure {
        if case .gaussian = event { return .gaussian }
        return .renyi(
            order: try bestOrder(for: event, epsilon: epsilon, delta: delta, relation: relation))
    }

    /// Returns the Renyi order whose filter grants the most releases like `event`.
    ///
    /// - Throws: As ``RenyiCurve/init(of:relation:orders:)``; `unreachableTarget` where no order grants any.
    package static func bestOrder(
        for event: PrivacyEvent, epsilon: Double, delta: Double, relation: NeighbouringRelation
    ) throws(AccountingError) -> Double {
        var account = RenyiAccountant(relation: relation)
        try account.compose(event)
        var best: (order: Double, count: Double)?
        for (order, divergence) in zip(account.curve.orders, account.curve.divergences) where divergence > 0 {
            let conversion = log(delta * order) / (order - 1) - log1p(-1 / order)
            let count = (epsilon + conversion) / divergence
            if count >= 1, count > best?.count ?? 0 { best = (order, count) }
        }
        guard let best, !account.tally.isNonPrivate else {
            throw AccountingError(
                .unreachableTarget,
                "no Renyi filter at epsilon \(epsilon) and delta \(delta) grants one such release; it needs more noise"
            )
        }
        return best.order
    }

    /// Charges a request if the budget holds it.
    ///
    /// - Throws: ``AccountingError`` for an event that the measure does not cover: nothing is charged, and it
    ///   must not be released. A non-private event is refused.
    /// - Complexity: O(1) for releases seen before.
    package mutating func charge(_ event: PrivacyEvent, count: Int = 1) throws(AccountingError) -> Decision {
        let tally = try ReleaseTally(.selfComposed(event, count: count))
        var sum = spent
        for run in tally.runs {
            let cost = try cost(of: run.release)
            sum = (sum + (cost * Double(run.count)).nextUp).nextUp
        }
        guard !tally.isNonPrivate, sum <= budget else { return .refused }
        spent = sum
        return .granted
    }

    /// Charges what is left of the budget: for a release that was granted, of which nothing else is known.
    package mutating func fill() { spent = budget }

    /// The epsilon of what was charged so far, at the filter's delta, in the same measure: an odometer.
    ///
    /// - Warning: For display. A claim at a moment that was chosen from outputs is the filter's own epsilon.
    package var odometer: Double {
        if spent == 0 { return 0 }
        switch measure {
        case .gaussian: return GaussianPrivacy.epsilon(delta: delta, mu: spent.squareRoot().nextUp)
        case .renyi(let order):
            let conversion = log(delta * order) / (order - 1) - log1p(-1 / order)
            return max(0, spent - conversion) * (1 + 1e-11)
        }
    }

    private mutating func cost(of release: Release) throws(AccountingError) -> Double {
        if let known = costs[release] { return known }
        let cost: Double
        switch (measure, release) {
        case (.gaussian, .gaussian(let noise)):
            let mu = relation.sensitivityPerClippingNorm / noise
            cost = (mu * mu).nextUp
        case (.gaussian, _):
            throw AccountingError(
                .unsupportedEvent,
                "\(release.name) has no squared distance: a filter of the Gaussian measure covers unsampled gaussian "
                    + "releases only; take a Renyi filter")
        case (.renyi(let order), _):
            cost =
                try RenyiCurve(of: release, relation: relation, orders: [order]).divergences[0] * (1 + 1e-11)
        }
        costs[release] = cost
        return cost
    }
}
