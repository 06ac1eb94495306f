/// The distribution of the noise on the grid.
package enum NoiseDistribution: String, Sendable, CaseIterable {
    /// The continuous Gaussian, rounded to the grid: whatever is proven for the Gaussian mechanism holds.
    case roundedGaussian = "rounded-gaussian"
    /// The discrete Gaussian: concentrated privacy in any dimension, no claim with Poisson sampling.
    case discreteGaussian = "discrete-gaussian"
}
