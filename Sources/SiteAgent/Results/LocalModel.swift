/// A task's model from its own records alone, which scores are compared with.
package struct LocalModel: Sendable, Equatable {
    package var weights: [Double]
    /// Whether the solver reached its gap; where it did not, there may be better weights, or none that are best.
    package var isConverged: Bool

    package init(weights: [Double], isConverged: Bool) {
        self.weights = weights
        self.isConverged = isConverged
    }
}
