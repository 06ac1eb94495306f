package import PrivacyMechanisms

/// A data set's gradients, with those of the present canaries behind them.
///
/// Where a person is the unit, each canary is a person of its own: the grouping has to say so.
package struct CanaryGradients<Base: RecordGradients>: RecordGradients {
    private let base: Base
    private let plan: ReleasePlan
    private let canaries: CanarySet
    private let present: [Int]

    /// - Throws: ``RecordingError`` `invalidValue` for canaries that do not fit the plan.
    package init(
        _ base: Base, canaries: CanarySet, plan: ReleasePlan
    ) throws(RecordingError) {
        try canaries.require(fitting: plan)
        self.base = base
        self.plan = plan
        self.canaries = canaries
        present = canaries.presentIndices(under: plan)
    }

    /// The records of the data set and the present canaries.
    package var recordCount: Int { base.recordCount + present.count }

    /// The first canary's place among the records, and among the units where each record is one.
    package var firstCanary: Int { base.recordCount }

    /// Returns the gradient of a record of the data set or, behind these, of a canary.
    package func gradient(ofRecord index: Int) throws -> RawGradient {
        guard index >= firstCanary else { return try base.gradient(ofRecord: index) }
        let canary = present[index - firstCanary]
        var elements = [Double](repeating: 0, count: plan.dimension)
        elements[Int(canaries.coordinates[canary])] =
            Double(canaries.sign(of: canary)) * canaries.length * plan.clippingNorm
        return RawGradient(elements)
    }
}
