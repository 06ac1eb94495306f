/// From a noisy mean to the update that is sent: u = p - eta * factor * mean, by public constants alone.
///
/// The operations and their order are part of the recording's format: an auditor gets the same bits.
package struct ForwardStep: Sendable, Equatable {
    /// The step of the splitting, above 0.
    package let eta: Double
    /// The gradient over the noisy mean: the task's weight, times N where the loss is a sum; above 0.
    package let factor: Double

    /// - Throws: ``RecordingError`` `invalidValue` unless both are finite and above 0.
    package init(eta: Double, factor: Double) throws(RecordingError) {
        for (name, value) in [("eta", eta), ("the factor of the mean", factor)]
        where !(value > 0 && value.isFinite) {
            throw RecordingError(.invalidValue, "\(name) must be finite and above 0, got \(value)")
        }
        self.eta = eta
        self.factor = factor
    }

    /// Returns the gradient that a noisy mean stands for, factor * mean.
    package func gradient(ofMean mean: [Double]) -> [Double] { mean.map { $0 * factor } }

    /// Returns the update, p - eta * gradient.
    ///
    /// - Parameters:
    ///   - column: p, d numbers.
    ///   - mean: The noisy mean, d numbers.
    package func update(of column: [Double], mean: [Double]) -> [Double] {
        precondition(column.count == mean.count, "\(column.count) elements and a mean of \(mean.count)")
        return zip(column, gradient(ofMean: mean)).map { -eta * $0.1 + $0.0 }
    }
}
