/// What is tried for the updates of a study with noise.
package struct PrivacyGrid: Sendable {
    /// A choice.
    package struct Setting: Sendable, Hashable {
        /// C, the largest norm of a record's gradient.
        package let clippingNorm: Double
        /// K, updates of a task.
        package let releaseCount: Int
        package let lambda: Double

        package init(clippingNorm: Double, releaseCount: Int, lambda: Double) {
            self.clippingNorm = clippingNorm
            self.releaseCount = releaseCount
            self.lambda = lambda
        }
    }

    package let clippingNorms: [Double]
    package let releaseCounts: [Int]
    /// Of the coupling, and of the ridge of a task alone.
    package let coupledLambdas: [Double]
    package let aloneLambdas: [Double]
    /// Of models without noise, coupled or alone.
    package static let optimumLambdas = [0.001, 0.01, 0.1, 1]

    package init(
        clippingNorms: [Double], releaseCounts: [Int], coupledLambdas: [Double], aloneLambdas: [Double]
    ) {
        self.clippingNorms = clippingNorms
        self.releaseCounts = releaseCounts
        self.coupledLambdas = coupledLambdas
        self.aloneLambdas = aloneLambdas
    }

    /// The choices of a model that makes no updates.
    package var optima: [Setting] {
        Self.optimumLambdas.map { Setting(clippingNorm: 0, releaseCount: 0, lambda: $0) }
    }

    /// Returns every choice, small norms and few updates first: the first of equally good ones is taken.
    package func settings(isCoupled: Bool) -> [Setting] {
        clippingNorms.flatMap { norm in
            releaseCounts.flatMap { count in
                (isCoupled ? coupledLambdas : aloneLambdas).map {
                    Setting(clippingNorm: norm, releaseCount: count, lambda: $0)
                }
            }
        }
    }
}
