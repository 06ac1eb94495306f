/// When a study is finished: whichever of its conditions holds first.
package struct StoppingRule: Sendable, Equatable {
    /// Largest number of accepted updates; nil for no such cap.
    package let maximumUpdateCount: UInt64?
    /// Relative fixed-point residual, |U - V|_F over |V|_F with each task's newest update, that must hold until
    /// every task has been heard since; nil for no such rule.
    package let residualTolerance: Double?

    /// Creates a rule of at least one condition.
    ///
    /// - Throws: ``FederationError/Code/invalidStudy`` where there is none, or one is out of range.
    package init(maximumUpdateCount: UInt64?, residualTolerance: Double?) throws(FederationError) {
        guard maximumUpdateCount != nil || residualTolerance != nil else {
            throw FederationError(
                .invalidStudy, "stop has no condition; set stop.residual, stop.updates or stop.epochs")
        }
        guard maximumUpdateCount != 0 else {
            throw FederationError(.invalidStudy, "stop.updates is 0; it must be at least 1")
        }
        if let residualTolerance, !(residualTolerance > 0 && residualTolerance.isFinite) {
            throw FederationError(
                .invalidStudy, "stop.residual is \(residualTolerance); it must be finite and above 0")
        }
        self.maximumUpdateCount = maximumUpdateCount
        self.residualTolerance = residualTolerance
    }
}
