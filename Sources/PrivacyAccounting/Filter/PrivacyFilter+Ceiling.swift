extension PrivacyFilter {
    /// Returns the smallest ceiling, to a hundredth, under which a filter grants so many releases like `event`.
    ///
    /// - Throws: ``AccountingError`` `unreachableTarget` where it would be above 10,000.
    /// - Complexity: A filter for each of about 20 ceilings.
    package static func smallestCeiling(
        granting count: Int, of event: PrivacyEvent, delta: Double, relation: NeighbouringRelation
    ) throws(AccountingError) -> Double {
        func grants(_ hundredths: Int) -> Bool {
            let epsilon = Double(hundredths) / 100
            do throws(AccountingError) {
                var filter = try PrivacyFilter(
                    epsilon: epsilon, delta: delta, relation: relation,
                    measure: bestMeasure(for: event, epsilon: epsilon, delta: delta, relation: relation))
                return try filter.charge(event, count: count) == .granted
            } catch {
                // No order grants anything at so small an epsilon.
                return false
            }
        }
        var high = 1
        while !grants(high) {
            high *= 2
            guard high <= 1_000_000 else {
                throw AccountingError(
                    .unreachableTarget,
                    "\(count) releases of this noise have an epsilon above 10000; write more noise or fewer releases"
                )
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
