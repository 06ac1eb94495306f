internal import SeededRandom
internal import Testing

@testable internal import PrivacyMechanisms

@Suite struct ClippingTests {
    /// Lengths that floating-point arithmetic is bad at.
    private static let lengths: [Double] = [
        0, .leastNonzeroMagnitude, 0x1p-1050, 1e-200, 0x1p-40, 0.25, 0.999999999, 1, 1.0000000001, 3, 1e20,
        1e200,
        .greatestFiniteMagnitude,
    ]

    @Test("no clipped gradient's integers exceed (C / g)^2, and all are near the real clipped gradient")
    func bound() throws {
        for seed in UInt64(0)..<30 {
            var generator = SeededGenerator(seed: seed)
            let dimension = 1 + generator.integer(below: 40)
            let norm = [1, 0.3, 1e-30, 7e40, 0x1.fffffffffffffp0][generator.integer(below: 5)]
            let noise = [0.01, 1, 5000, 1e6][generator.integer(below: 4)]
            let plan = try ReleasePlan.full(
                dimension: dimension, clippingNorm: norm, noiseMultiplier: noise)
            for length in Self.lengths {
                var direction = (0..<dimension).map { _ in generator.normal() }
                if generator.integer(below: 3) == 0 {
                    direction = direction.map { $0 < 0 ? -1 : 1 }
                }
                let largest = direction.reduce(0) { max($0, $1.magnitude) }
                let row = direction.map { $0 / largest * min(length * norm, .greatestFiniteMagnitude) }
                let steps = try plan.clippedSteps([row])
                #expect(
                    squaredNorm(steps) <= UInt128(plan.grid.squaredBound), "seed \(seed), length \(length)")
                // In units of the largest element, whose squares do not overflow.
                let scale = row.reduce(0) { max($0, $1.magnitude) }
                guard scale > 1e-290 else { continue }
                let relative = row.map { $0 / scale }
                let unitNorm = relative.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let factor = min(scale, norm / unitNorm)
                // Two steps for rounding, sqrt(d) / 2 for the target, and digits of the arithmetic here.
                let allowed = 2 + Double(dimension).squareRoot() / 2 + 1e-12 * plan.grid.clippingSteps
                for (step, element) in zip(steps, relative) {
                    let expected = element * (factor / plan.grid.step)
                    #expect(abs(Double(step) - expected) <= allowed, "seed \(seed), length \(length)")
                }
            }
        }
    }

    @Test("many equal elements on half steps, where all roundings go up, stay within the bound")
    func adversarialRounding() throws {
        for dimension in [2, 3, 100, 4_096, 65_536] {
            let plan = try ReleasePlan.full(dimension: dimension, noiseMultiplier: 1e6)
            let longest = plan.grid.clippingSteps / Double(dimension).squareRoot()
            for offset in [-1.5, -1, -0.5, -1e-9, 0, 0.5, 1e9] {
                let element = (longest.rounded(.down) + 0.5 + offset) * plan.grid.step
                let steps = try plan.clippedSteps([[Double](repeating: element, count: dimension)])
                #expect(squaredNorm(steps) <= UInt128(plan.grid.squaredBound), "\(dimension), \(offset)")
            }
        }
    }

    @Test("short gradients on the grid are left as they are, whatever the sign")
    func identity() throws {
        let plan = try ReleasePlan.full(dimension: 3)
        let steps: [Int64] = [5, -1_000_000, 0]
        #expect(try plan.clippedSteps([steps.map { Double($0) * plan.grid.step }]) == steps)
    }

    @Test(
        "what is not finite is zero, and no refusal shows it", arguments: [Double.nan, .infinity, -.infinity])
    func nonFinite(value: Double) throws {
        let plan = try ReleasePlan.full(dimension: 3)
        let whole = try plan.clippedSteps([[1, 2, 3], [4, 5, 6]])
        #expect(
            try plan.clippedSteps([[1, 2, 3], [1, value, 3], [4, 5, 6], [value, value, value]]) == whole)
        // Also first, where nothing was written before, and alone.
        #expect(try plan.clippedSteps([[value, 0, 0], [1, 2, 3], [4, 5, 6]]) == whole)
        #expect(try plan.clippedSteps([[1, 2, value]]) == [0, 0, 0])
    }

    @Test("a person whose finite gradients overflow in their sum is zero; the others are not")
    func overflow() throws {
        let plan = try ReleasePlan.full(dimension: 2, unit: .person)
        let most = Double.greatestFiniteMagnitude
        let rows = [[most, 1], [1, 2], [most, 1], [3, 4], [-most, 1]]
        let steps = try plan.clippedSteps(rows, grouping: .persons(["a", "b", "a", "b", "a"]))
        #expect(try steps == ReleasePlan.full(dimension: 2).clippedSteps([[4, 6]]))
    }

    @Test("a gradient of another size is refused")
    func otherSize() throws {
        let plan = try ReleasePlan.full(dimension: 3)
        #expect(throws: MechanismError(.shapeMismatch, "")) { try plan.clippedSteps([[1, 2]]) }
        #expect(throws: MechanismError(.shapeMismatch, "")) { try plan.clippedSteps([[1, 2, 3, 4]]) }
    }

    @Test("sums are exact: in any order and parts")
    func linearity() throws {
        let plan = try ReleasePlan.full(dimension: 7)
        for seed in UInt64(0)..<10 {
            var generator = SeededGenerator(seed: seed)
            let rows = generator.gradients(40, dimension: 7)
            let whole = try plan.clippedSteps(rows)
            #expect(try plan.clippedSteps(generator.shuffled(rows)) == whole, "seed \(seed)")
            let cut = generator.integer(below: 41)
            let parts = zip(
                try plan.clippedSteps(Array(rows[..<cut])), try plan.clippedSteps(Array(rows[cut...])))
            #expect(parts.map { $0 + $1 } == whole, "seed \(seed), cut \(cut)")
        }
    }

    @Test("neighbours' sums differ by at most C, or 2 C where a unit is replaced")
    func sensitivity() throws {
        for seed in UInt64(0)..<40 {
            var generator = SeededGenerator(seed: seed)
            let plan = try ReleasePlan.full(dimension: 5, clippingNorm: 0.7, noiseMultiplier: 1e5)
            let rows = generator.gradients(12, dimension: 5)
            let whole = try plan.clippedSteps(rows)
            let changed = generator.integer(below: rows.count)
            var removed = rows
            removed.remove(at: changed)
            let difference = zip(whole, try plan.clippedSteps(removed)).map { $0 - $1 }
            #expect(squaredNorm(difference) <= UInt128(plan.grid.squaredBound), "seed \(seed)")
            var replaced = rows
            replaced[changed] = rows[changed].map { -1e9 * $0 }
            let distance = zip(whole, try plan.clippedSteps(replaced)).map { $0 - $1 }
            #expect(squaredNorm(distance) <= 4 * UInt128(plan.grid.squaredBound), "seed \(seed)")
        }
    }

    @Test("persons' and a site's records are summed before they are clipped")
    func units() throws {
        var generator = SeededGenerator(seed: 3)
        let rows = generator.gradients(9, dimension: 4)
        let identifiers = ["a", "b", "a", "c", "b", "a", "d", "d", "e"]
        let persons = try ReleasePlan.full(dimension: 4, unit: .person)
        let sums = ["a", "b", "c", "d", "e"].map { person in
            zip(rows, identifiers).filter { $0.1 == person }.map(\.0)
                .reduce([0, 0, 0, 0]) { zip($0, $1).map { $0 + $1 } }
        }
        #expect(
            try persons.clippedSteps(rows, grouping: .persons(identifiers))
                == ReleasePlan.full(dimension: 4).clippedSteps(sums))
        let site = try ReleasePlan.full(dimension: 4, unit: .site, declaredCount: 1)
        let steps = try site.clippedSteps(rows, grouping: .site(recordCount: 9))
        #expect(squaredNorm(steps) <= UInt128(site.grid.squaredBound))
        let total = rows.reduce([0, 0, 0, 0]) { zip($0, $1).map { $0 + $1 } }
        #expect(try steps == ReleasePlan.full(dimension: 4).clippedSteps([total]))
        #expect(throws: MechanismError(.invalidParameter, "")) { try site.clippedSteps(rows) }
        #expect(throws: MechanismError(.shapeMismatch, "")) {
            try persons.clippedSteps(rows, grouping: .persons(["a"]))
        }
        #expect(throws: MechanismError(.shapeMismatch, "")) {
            try persons.clippedSteps([[1, 2, 3, 4], [1, 2]], grouping: .persons(["a", "a"]))
        }
    }

    @Test("the gradient of a linear model is slope times features")
    func linearModel() {
        #expect(RawGradient(slope: -2, features: [1, 0.5, -3]).elements == [-2, -1, 6])
    }
}
