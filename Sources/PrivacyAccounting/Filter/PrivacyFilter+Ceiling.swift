extension PrivacyFilter {
    /// Returns whether a filter grants these releases, all of them.
    ///
    /// - Parameter largest: What the filter's measure is chosen for: the release of the least noise.
    /// - Complexity: A filter, and a cost for each kind of release.
    package static func grants(
        _ releases: [PlannedReleases], largest: PrivacyEvent, epsilon: Double, delta: Double,
        relation: NeighbouringRelation
    ) -> Bool {
        do throws(AccountingError) {
            var filter = try PrivacyFilter(
                epsilon: epsilon, delta: delta, relation: relation,
                measure: bestMeasure(for: largest, epsilon: epsilon, delta: delta, relation: relation))
            return try filter.charge(.planned(releases)) == .granted
        } catch {
            // No order grants anything at so small an epsilon.
            return false
        }
    }

    /// Returns the smallest ceiling, to a hundredth, under which a filter grants these releases.
    ///
    /// - Parameter largest: As ``grants(_:largest:epsilon:delta:relation:)`` has it.
    /// - Throws: ``AccountingError`` `unreachableTarget` where it would be above 10,000.
    /// - Complexity: A filter for each of about 20 ceilings.
    package static func smallestCeiling(
        granting releases: [PlannedReleases], largest: PrivacyEvent, delta: Double,
        relation: NeighbouringRelation
    ) throws(AccountingError) -> Double {
        func grants(_ hundredths: Int) -> Bool {
            Self.grants(
                releases, largest: largest, epsilon: Double(hundredths) / 100, delta: delta,
                relation: relation)
        }
        var high = 1
        while !grants(high) {
            high *= 2
            guard high <= 1_000_000 else {
                throw AccountingError(
                    .unreachableTarget,
                    "\(releases.reduce(0) { $0 + $1.count }) releases of this noise have an epsilon above 10000; write "
                        + "more noise or fewer releases")
            }
        }
        var low = high / 2
        while high - low > 1 {
            let middle = (low + high) / 2
            if grants(middle) { high = middle } else { low = middle }
        }
        return Double(high) / 100
    }
}
