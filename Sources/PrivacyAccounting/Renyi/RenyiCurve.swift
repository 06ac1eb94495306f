internal import Glibc

/// Renyi divergence at several orders: of a release, or of everything released, as divergences add.
package struct RenyiCurve: Sendable, Equatable {
    /// The orders, each above 1.
    package let orders: [Double]
    /// The divergence at each order; infinite where it is not bounded.
    package private(set) var divergences: [Double]

    /// The orders that the accountant looks at.
    ///
    /// Tenths below 11, where large epsilons find their best order, then whole ones, also high enough for
    /// epsilons of a hundredth.
    package static let defaultOrders: [Double] =
        [1.01, 1.02, 1.05] + (11...109).map { Double($0) / 10 } + (11...128).map { Double($0) }
        + [160, 192, 256, 384, 512, 768, 1024]

    /// Creates the curve of nothing released.
    package init(orders: [Double]) {
        self.orders = orders
        divergences = Array(repeating: 0, count: orders.count)
    }

    /// Creates the curve of one release.
    ///
    /// - Parameter orders: Above 1 and at most 1024.
    /// - Throws: ``AccountingError`` `unsupportedEvent` for sampling without replacement under
    ///   add-or-remove-one, of which the bound knows nothing.
    /// - Complexity: For a sampled release O(sum of whole orders + fractional orders x quadrature points),
    ///   otherwise O(orders).
    package init(
        of release: Release, relation: NeighbouringRelation, orders: [Double] = defaultOrders
    ) throws(AccountingError) {
        guard let maximum = orders.max(), orders.allSatisfy({ $0 > 1 && $0 <= 1024 }) else {
            throw AccountingError(
                .invalidParameter, "Renyi orders must be above 1 and at most 1024, got \(orders)")
        }
        self.orders = orders
        switch release {
        case .gaussian(let noise), .discreteGaussian(let noise):
            let mu = relation.sensitivityPerClippingNorm / noise
            divergences = orders.map { $0 * mu * mu / 2 }
        case .laplace(let scale):
            let pair = LaplacePair(pureEpsilon: relation.sensitivityPerClippingNorm / scale)
            divergences = orders.map { pair.logMoment(tilt: $0 - 1) / ($0 - 1) }
        case .poissonGaussian(let rate, let noise):
            divergences = Self.poisson(rate, noise, relation, orders)
        case .fixedSizeGaussian(let rate, let noise):
            guard relation == .replaceOne else {
                throw AccountingError(
                    .unsupportedEvent,
                    "\(release.name) is analysed for replace-one only; under \(relation.rawValue) a sample of fixed "
                        + "size has no bound here")
            }
            let bound = FixedSizeGaussianBound(
                rate: rate, deviation: noise / relation.sensitivityPerClippingNorm,
                maximumOrder: Int(maximum.rounded(.up)))
            // Orders in between: the divergence does not fall with the order, so the next whole one bounds
            // it.
            divergences = orders.map { bound.divergence(order: max(2, Int($0.rounded(.up)))) }
        }
    }

    private static func poisson(
        _ rate: Double, _ noise: Double, _ relation: NeighbouringRelation, _ orders: [Double]
    ) -> [Double] {
        let isBySeries = orders.map { relation == .addOrRemoveOne && $0 >= 2 && $0 == $0.rounded() }
        let direction: SampledGaussianPair.Direction = relation == .addOrRemoveOne ? .remove : .replace
        let pair = SampledGaussianPair(rate: rate, noiseMultiplier: noise, direction: direction)
        let maximumBySeries = zip(orders, isBySeries).filter(\.1).map { Int($0.0) }.max()
        let series = maximumBySeries.map {
            SampledGaussianSeries(rate: rate, noiseMultiplier: noise, maximumOrder: $0)
        }
        // Quadrature points are shared by orders up to 11; beyond, their number grows with the order.
        let shared = SampledGaussianMoments(pair, maximumOrder: 11)
        return zip(orders, isBySeries).map { order, isBySeries in
            if isBySeries, let series { return series.divergence(order: Int(order)) }
            let moments = order <= 11 ? shared : SampledGaussianMoments(pair, maximumOrder: order)
            return moments.logMoment(order: order) / (order - 1)
        }
    }

    /// Adds `count` times the curve of a release, rounding up.
    package mutating func add(_ other: RenyiCurve, times count: Int = 1) {
        precondition(orders == other.orders, "curves of other orders cannot be added")
        for index in divergences.indices {
            let product = (other.divergences[index] * Double(count)).nextUp
            divergences[index] =
                other.divergences[index] == 0 ? divergences[index] : (divergences[index] + product).nextUp
        }
    }
}
