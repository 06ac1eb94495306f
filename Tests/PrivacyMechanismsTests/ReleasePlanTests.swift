internal import SeededRandom
internal import Testing

@testable internal import PrivacyMechanisms

@Suite struct ReleasePlanTests {
    @Test("the step is the smallest power of two that keeps the bounds; sums and noise fit 64 bits")
    func grid() throws {
        for seed in UInt64(0)..<200 {
            var generator = SeededGenerator(seed: seed)
            func positive(exponents: Range<Int>) -> Double {
                let exponent = exponents.lowerBound + generator.integer(below: exponents.count)
                return Double(sign: .plus, exponent: exponent, significand: 1 + generator.uniform())
            }
            let norm = positive(exponents: -199..<199)
            let noise = positive(exponents: -6..<29)
            let distribution = NoiseDistribution.allCases[generator.integer(below: 2)]
            let largest = distribution == .roundedGaussian ? 0x1p44 : 0x1p30
            guard
                let plan = try? ReleasePlan.full(
                    dimension: 1, clippingNorm: norm, noiseMultiplier: noise, noise: distribution)
            else {
                // Only where too few steps are left.
                #expect(largest / noise < 32, "seed \(seed)")
                continue
            }
            let grid = plan.grid
            #expect(grid.step.significand == 1)
            #expect(grid.clippingSteps * grid.step == norm)
            #expect(grid.clippingSteps <= 0x1p31 && plan.scale <= largest, "seed \(seed)")
            #expect(2 * grid.clippingSteps > 0x1p31 || 2 * plan.scale > largest, "seed \(seed)")
            // sigma C / g is not below the real product: its error as a fused sum.
            #expect((-plan.scale).addingProduct(noise, grid.clippingSteps) <= 0, "seed \(seed)")
            #expect(plan.scale <= (noise * grid.clippingSteps).nextUp)
            // floor(h^2) for h = whole + rest, without doubles.
            let whole = UInt128(grid.clippingSteps.rounded(.down))
            let rest = UInt128((grid.clippingSteps - grid.clippingSteps.rounded(.down)) * 0x1p52)
            let scaled = whole << 52 | rest
            let (high, low) = scaled.multipliedFullWidth(by: scaled)
            #expect(UInt128(grid.squaredBound) == high << 24 | low >> 104, "seed \(seed)")
            if distribution == .discreteGaussian {
                let parameter = try plan.discreteParameter
                #expect(Double(parameter.numerator) >= plan.scale * plan.scale, "seed \(seed)")
            }
        }
    }

    @Test("the number of units is bounded where the sum could overflow")
    func capacity() throws {
        for (norm, noise) in [(1.0, 1.0), (0.9, 3), (1, 1e9), (0x1.fffffffffffffp0, 0.01)] {
            let grid = try ReleasePlan.full(dimension: 2, clippingNorm: norm, noiseMultiplier: noise).grid
            let largest = UInt128(grid.clippingSteps.rounded(.down))
            #expect(UInt128(grid.capacity) * largest <= 1 << 62)
            #expect(UInt128(grid.capacity + 1) * largest > 1 << 62)
            #expect(grid.capacity >= MechanismLimits.declaredCount)
            try grid.requireCapacity(forUnitCount: grid.capacity - 1)
            try grid.requireCapacity(forUnitCount: grid.capacity)
            #expect(throws: MechanismError(.tooManyUnits, "")) {
                try grid.requireCapacity(forUnitCount: grid.capacity + 1)
            }
        }
        // A release asks before it computes anything.
        struct Many: RecordGradients {
            let recordCount: Int
            func gradient(ofRecord index: Int) throws -> RawGradient { RawGradient([0, 0]) }
        }
        let plan = try ReleasePlan.full(dimension: 2)
        #expect(throws: MechanismError(.tooManyUnits, "")) {
            var mechanism = try GaussianMechanism(plan, source: SeededRandomness(seed: 1))
            _ = try mechanism.release(of: Many(recordCount: plan.grid.capacity + 1))
        }
    }

    @Test("parameters are taken at their bounds and refused beyond")
    func limits() throws {
        func plan(
            dimension: Int = 2, norm: Double = 1, noise: Double = 1, _ normalization: Normalization,
            unit: PrivacyUnit = .record, distribution: NoiseDistribution = .roundedGaussian
        ) throws {
            _ = try ReleasePlan(
                unit: unit, dimension: dimension, clippingNorm: norm, noiseMultiplier: noise,
                normalization: normalization, noise: distribution)
        }
        let full = Normalization.declaredCount(1)
        try plan(dimension: 1, full)
        try plan(dimension: 1 << 26, full)
        try plan(norm: 0x1p-200, full)
        try plan(norm: 0x1p200, full)
        try plan(noise: 1e-2, full)
        try plan(noise: 1e9, full)
        try plan(.declaredCount(1 << 30))
        try plan(.expectedBatch(rate: 1e-12, declaredCount: 1))
        try plan(.expectedBatch(rate: 1, declaredCount: 1), distribution: .discreteGaussian)
        try plan(.expectedBatch(rate: 1, declaredCount: 1), unit: .site)
        func refused(_ body: () throws -> Void, _ location: SourceLocation = #_sourceLocation) {
            #expect(throws: MechanismError(.invalidParameter, ""), sourceLocation: location) { try body() }
        }
        refused { try plan(dimension: 0, full) }
        refused { try plan(dimension: 1 << 26 + 1, full) }
        refused { try plan(norm: (0x1p-200).nextDown, full) }
        refused { try plan(norm: (0x1p200).nextUp, full) }
        refused { try plan(norm: .nan, full) }
        refused { try plan(noise: (1e-2).nextDown, full) }
        refused { try plan(noise: (1e9).nextUp, full) }
        refused { try plan(noise: 0, full) }
        refused { try plan(.declaredCount(0)) }
        refused { try plan(.declaredCount(1 << 30 + 1)) }
        refused { try plan(.expectedBatch(rate: (1e-12).nextDown, declaredCount: 1)) }
        refused { try plan(.expectedBatch(rate: (1.0).nextUp, declaredCount: 1)) }
        refused { try plan(.expectedBatch(rate: .nan, declaredCount: 1)) }
        refused { try plan(.expectedBatch(rate: 0.5, declaredCount: 1), distribution: .discreteGaussian) }
        refused { try plan(.declaredCount(2), unit: .site) }
        refused { try plan(.expectedBatch(rate: 0.5, declaredCount: 1), unit: .site) }
        // 2^44 / 2^29.9 steps of C against sqrt(d) / 2 of rounding.
        refused { try plan(dimension: 1 << 24, noise: 1e9, full) }
    }

    @Test("the divisor is public, and the relation follows from it")
    func normalization() {
        let full = Normalization.declaredCount(40)
        #expect(full.divisor == 40 && full.sensitivityPerClippingNorm == 2 && full.samplingRate == 1)
        #expect(full.relationName == "replace-one")
        let sampled = Normalization.expectedBatch(rate: 0.25, declaredCount: 40)
        #expect(sampled.divisor == 10 && sampled.sensitivityPerClippingNorm == 1)
        #expect(sampled.samplingRate == 0.25 && sampled.relationName == "add-or-remove-one")
    }
}
