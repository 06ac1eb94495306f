internal import MultiTaskLearning
internal import Testing

@Suite struct RelaxationPolicyTests {
    @Test("the constant policy ignores delays")
    func constant() {
        #expect(RelaxationPolicy.constant.relaxation(base: 0.7, recentDelays: [1000]) == 0.7)
    }

    // Natural logarithms: log 10 and log 20, to 16 digits.
    @Test(
        "the dynamic policy multiplies by the natural logarithm of the mean delay, of 10 at least",
        arguments: [
            ([], 2.302585092994046), ([1], 2.302585092994046), ([10], 2.302585092994046),
            ([20], 2.995732273553991), ([10, 30], 2.995732273553991),
        ] as [([Double], Double)])
    func dynamic(delays: [Double], multiplier: Double) {
        let factor = RelaxationPolicy.amtlDynamic.relaxation(base: 0.5, recentDelays: delays)
        #expect((factor - 0.5 * multiplier).magnitude < 1e-15)
    }

    @Test("the last 5 delays count, and no sixth")
    func window() {
        let last = RelaxationPolicy.amtlDynamic.relaxation(base: 1, recentDelays: [20, 20, 20, 20, 20])
        #expect(
            RelaxationPolicy.amtlDynamic.relaxation(base: 1, recentDelays: [1e9, 20, 20, 20, 20, 20]) == last)
        #expect(RelaxationPolicy.amtlDynamic.relaxation(base: 1, recentDelays: [1e9, 20, 20, 20, 20]) > last)
    }

    @Test("the cap is on the product, not on the multiplier")
    func capped() {
        let policy = RelaxationPolicy.amtlDynamicCapped
        #expect(policy.relaxation(base: 0.9, recentDelays: [20]) == 1)
        let small = policy.relaxation(base: 0.01, recentDelays: [20])
        #expect(small == RelaxationPolicy.amtlDynamic.relaxation(base: 0.01, recentDelays: [20]))
        #expect(small > 0.029)
    }

    // 0.9 / (2 tau / sqrt(139) + 1), the relaxations quoted for School at tau = 10 and 139.
    @Test("the ARock bound", arguments: [(0, 0.9), (10, 0.3338), (139, 0.0366)])
    func arockBound(maximumDelay: Int, bound: Double) {
        let value = RelaxationPolicy.arockBound(maximumDelay: maximumDelay, taskCount: 139, c: 0.9)
        #expect((value - bound).magnitude < 5e-5)
    }

    @Test(
        "names in a study",
        arguments: zip(RelaxationPolicy.allCases, ["constant", "amtl-dynamic", "amtl-dynamic-capped"]))
    func names(policy: RelaxationPolicy, name: String) {
        #expect(policy.rawValue == name)
    }
}
