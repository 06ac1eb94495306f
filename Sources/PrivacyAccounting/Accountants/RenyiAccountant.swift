/// The account by Renyi divergences, which add: one running sum for each order, whatever the number of
/// releases.
package struct RenyiAccountant: PrivacyAccountant {
    package static let name = "rdp"
    package let relation: NeighbouringRelation
    package private(set) var tally = ReleaseTally()
    private let orders: [Double]
    private var curves: [Release: RenyiCurve] = [:]

    package init(relation: NeighbouringRelation) {
        self.init(relation: relation, orders: RenyiCurve.defaultOrders)
    }

    /// Creates the account of nothing, with its own orders: each above 1 and at most 1024.
    package init(relation: NeighbouringRelation, orders: [Double]) {
        self.relation = relation
        self.orders = orders
    }

    /// Adds everything of a tally.
    ///
    /// - Complexity: The curve of a release that was not seen before
    ///   (``RenyiCurve/init(of:relation:orders:)``), otherwise O(1).
    package mutating func compose(_ tally: ReleaseTally) throws(AccountingError) {
        var new: [Release: RenyiCurve] = [:]
        for release in tally.releases where curves[release] == nil {
            new[release] = try RenyiCurve(of: release, relation: relation, orders: orders)
        }
        try self.tally.add(tally)
        curves.merge(new) { _, new in new }
    }

    /// The divergences of everything released.
    package var curve: RenyiCurve {
        var sum = RenyiCurve(orders: orders)
        for run in tally.runs {
            if let curve = curves[run.release] { sum.add(curve, times: run.count) }
        }
        return sum
    }

    package func epsilon(delta: Double) throws(AccountingError) -> Double {
        try epsilon(delta: delta, conversion: .improved).epsilon
    }

    /// Returns epsilon at `delta` by one of the conversions, with the order that gave it.
    package func epsilon(
        delta: Double, conversion: RenyiConversion
    ) throws(AccountingError) -> RenyiConversion.Result {
        try AccountingLimits.require(delta: delta)
        if tally.isNonPrivate { return RenyiConversion.Result(epsilon: .infinity, order: nil) }
        return conversion.epsilon(of: curve, delta: delta)
    }

    package func delta(epsilon: Double) throws(AccountingError) -> Double {
        try AccountingLimits.require(epsilon: epsilon)
        return tally.isNonPrivate ? 1 : RenyiConversion.improved.delta(of: curve, epsilon: epsilon)
    }
}
