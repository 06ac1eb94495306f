internal import SeededRandom

@testable internal import PrivacyMechanisms

/// Gradients given as rows.
struct GradientRows: RecordGradients {
    var rows: [[Double]]
    var recordCount: Int { rows.count }
    func gradient(ofRecord index: Int) -> RawGradient { RawGradient(rows[index]) }
}

extension SeededGenerator {
    /// Returns gradients of very different lengths.
    mutating func gradients(_ count: Int, dimension: Int) -> [[Double]] {
        (0..<count).map { _ in
            let length = Double(sign: .plus, exponent: integer(below: 60) - 40, significand: 1)
            return (0..<dimension).map { _ in length * normal() }
        }
    }
}

extension ReleasePlan {
    /// A plan for full batches of two elements and more, to be varied.
    static func full(
        dimension: Int, clippingNorm: Double = 1, noiseMultiplier: Double = 1, unit: PrivacyUnit = .record,
        declaredCount: Int = 10, noise: NoiseDistribution = .roundedGaussian
    ) throws -> Self {
        try Self(
            unit: unit, dimension: dimension, clippingNorm: clippingNorm, noiseMultiplier: noiseMultiplier,
            normalization: .declaredCount(declaredCount), noise: noise)
    }

    /// Returns the clipped sum of rows, in grid steps.
    func clippedSteps(_ rows: [[Double]], grouping: UnitGrouping = .records) throws -> [Int64] {
        var mechanism = try GaussianMechanism(self, source: SeededRandomness(seed: 1))
        return try mechanism.clippedSum(of: GradientRows(rows: rows), grouping: grouping).steps
    }
}

/// Returns the exact sum of squares.
func squaredNorm(_ steps: [Int64]) -> UInt128 {
    steps.reduce(0) { $0 + UInt128($1.magnitude) * UInt128($1.magnitude) }
}
