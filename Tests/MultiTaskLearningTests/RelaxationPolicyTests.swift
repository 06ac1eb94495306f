internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite struct RelaxationPolicyTests {
    private func factor(
        _ policy: RelaxationPolicy, base: Double, taskCount: Int = 139, seconds: [Double] = []
    ) -> Double {
        policy.relaxation(base: base, taskCount: taskCount, delay: UpdateDelay(recentSeconds: seconds))
    }

    @Test("the constant policy ignores delays")
    func constant() {
        let delay = UpdateDelay(
            recentSeconds: [1000], staleness: 9, largestStaleness: 99, recentRelaxation: 9)
        #expect(RelaxationPolicy.constant.relaxation(base: 0.7, taskCount: 3, delay: delay) == 0.7)
    }

    @Test(
        "without delay every policy but AMTL's is the constant one", arguments: RelaxationPolicy.allCases,
        [0.3, 0.9, 1.5])
    func noDelay(policy: RelaxationPolicy, base: Double) {
        let factor = factor(policy, base: base)
        switch policy {
        case .amtlDynamic: #expect((factor / base - 2.302585092994046).magnitude < 1e-14)
        case .amtlDynamicCapped: #expect(factor == min(1, 2.302585092994046 * base))
        default: #expect(factor == base)
        }
    }

    // Natural logarithms: log 10 and log 20, to 16 digits.
    @Test(
        "the dynamic policy multiplies by the natural logarithm of the mean delay, of 10 at least",
        arguments: [
            ([], 2.302585092994046), ([1], 2.302585092994046), ([10], 2.302585092994046),
            ([20], 2.995732273553991), ([10, 30], 2.995732273553991),
        ] as [([Double], Double)])
    func dynamic(delays: [Double], multiplier: Double) {
        #expect(
            (factor(.amtlDynamic, base: 0.5, seconds: delays) - 0.5 * multiplier).magnitude < 1e-15)
    }

    @Test("the last 5 delays count, and no sixth")
    func window() {
        let last = factor(.amtlDynamic, base: 1, seconds: [20, 20, 20, 20, 20])
        #expect(factor(.amtlDynamic, base: 1, seconds: [1e9, 20, 20, 20, 20, 20]) == last)
        #expect(factor(.amtlDynamic, base: 1, seconds: [1e9, 20, 20, 20, 20]) > last)
    }

    @Test("the cap is on the product, not on the multiplier")
    func capped() {
        #expect(factor(.amtlDynamicCapped, base: 0.9, seconds: [20]) == 1)
        let small = factor(.amtlDynamicCapped, base: 0.01, seconds: [20])
        #expect(small == factor(.amtlDynamic, base: 0.01, seconds: [20]))
        #expect(small > 0.029)
    }

    // 0.9 / (2 tau / sqrt(139) + 1), the relaxations quoted for School at tau = 10 and 139.
    @Test("the ARock bound", arguments: [(0, 0.9), (10, 0.3338), (139, 0.0366)])
    func arockBound(maximumDelay: Int, bound: Double) {
        let value = ArockRelaxation.bound(maximumDelay: maximumDelay, taskCount: 139, c: 0.9)
        #expect((value - bound).magnitude < 5e-5)
    }

    @Test("arock is at the bound of the largest staleness seen, whatever this update's is")
    func arock() {
        for largest in [0, 1, 10, 139, 10_000] {
            let factor = RelaxationPolicy.arock.relaxation(
                base: 0.9, taskCount: 139,
                delay: UpdateDelay(staleness: 0, largestStaleness: UInt64(largest)))
            let bound = ArockRelaxation.bound(maximumDelay: largest, taskCount: 139, c: 0.9)
            #expect(factor == bound)
        }
    }

    @Test("delay-adaptive factors of an update and of those it does not know of never exceed the base")
    func delayAdaptive() {
        for seed in 0..<20 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var factors: [Double] = []
            for _ in 0..<500 {
                let staleness = random.integer(below: min(factors.count, 40) + 1)
                let recent = factors.suffix(staleness).reduce(0, +)
                let factor = RelaxationPolicy.delayAdaptive.relaxation(
                    base: 0.9, taskCount: 10,
                    delay: UpdateDelay(
                        staleness: UInt64(staleness), largestStaleness: 40, recentRelaxation: recent))
                #expect(factor >= 0 && factor + recent <= max(0.9, recent) * (1 + 1e-12), "seed \(seed)")
                factors.append(factor)
            }
            // The steps do not die out.
            #expect(factors.suffix(100).reduce(0, +) > 0.5, "seed \(seed)")
        }
    }

    @Test("delay-agnostic is at most 1 under any delay")
    func delayAgnostic() {
        for (base, staleness, expected) in [(1.5, 0, 1.5), (1.5, 1, 1), (0.7, 1000, 0.7)] {
            let delay = UpdateDelay(staleness: UInt64(staleness), largestStaleness: 1000)
            let factor = RelaxationPolicy.delayAgnostic.relaxation(base: base, taskCount: 9, delay: delay)
            #expect(factor == expected)
        }
    }

    @Test("residual control halves a growing residual's factor, and comes back to the base but not above")
    func residualControl() {
        var control = ResidualControl()
        let delay = UpdateDelay(staleness: 3, largestStaleness: 3)
        func factor() -> Double {
            RelaxationPolicy.residualControlled.relaxation(
                base: 0.8, taskCount: 10, delay: delay, control: control)
        }
        control.look(at: 5, residual: 1, taskCount: 10)
        #expect(factor() == 0.8)
        control.look(at: 10, residual: 2, taskCount: 10)
        #expect(factor() == 0.4)
        control.look(at: 11, residual: 100, taskCount: 10)
        #expect(factor() == 0.4)
        for version in 3...40 as ClosedRange<UInt64> {
            control.look(at: 5 * version, residual: 1 / Double(version), taskCount: 10)
        }
        #expect(factor() == 0.8)
        for version in 41...100 as ClosedRange<UInt64> {
            control.look(at: 5 * version, residual: Double(version), taskCount: 10)
        }
        #expect(control.multiplier == 1e-6)
        #expect(
            ResidualControl(
                multiplier: control.multiplier, smoothedResidual: control.smoothedResidual) == control)
    }

    @Test(
        "names in a study",
        arguments: zip(
            RelaxationPolicy.allCases,
            [
                "constant", "arock", "amtl-dynamic", "amtl-dynamic-capped", "delay-adaptive",
                "delay-agnostic", "residual-controlled", "decreasing",
            ]))
    func names(policy: RelaxationPolicy, name: String) {
        #expect(policy.rawValue == name)
    }
}
