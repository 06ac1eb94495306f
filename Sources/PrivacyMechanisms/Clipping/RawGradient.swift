/// The gradient of one record's loss: neither clipped nor noised, and not to be read outside of this module.
///
/// It may depend on that record, public constants and earlier releases only.
package struct RawGradient: Sendable {
    /// d numbers.
    let elements: [Double]

    /// - Parameter elements: d numbers.
    package init(_ elements: [Double]) { self.elements = elements }

    /// Creates the gradient slope * features, that of a loss of x' w.
    ///
    /// - Parameter slope: The derivative of the loss by the prediction: z - y for the squared loss,
    ///   -y / (1 + e^(y z)) for the logistic one with y = -1 or +1.
    /// - Parameter features: x, d numbers.
    package init(slope: Double, features: [Double]) { elements = features.map { slope * $0 } }
}

/// The gradients of a data set's records, one at a time.
package protocol RecordGradients {
    /// How many records there are.
    var recordCount: Int { get }

    /// Returns the gradient of a record, from 0 below `recordCount`.
    ///
    /// Only called for records in the sample; which these are stays in the process, or amplification by sampling is
    /// void.
    func gradient(ofRecord index: Int) throws -> RawGradient
}
