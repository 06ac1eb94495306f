internal import PrivacyAccounting

/// The accountants: what a statement, a calibration and a mix of many distinct releases cost.
enum AccountingBenchmarks {
    static func all() throws -> [Benchmark] {
        let sampled = PrivacyEvent.poissonSampled(rate: 0.001, .gaussian(noiseMultiplier: 1))
        let target = try PrivacyCalibration(epsilon: 1, delta: 1e-5, relation: .addOrRemoveOne)
        let distinct = (0..<200).map { index in
            PrivacyEvent.poissonSampled(
                rate: 0.001 + 1e-5 * Double(index), .gaussian(noiseMultiplier: 0.8 + 0.01 * Double(index)))
        }
        return [
            Benchmark("account pld", "10^6 releases", against: "10^3 releases") {
                keep(try epsilon(sampled, count: 1_000_000, LossDistributionAccountant.self))
            } baseline: {
                keep(try epsilon(sampled, count: 1_000, LossDistributionAccountant.self))
            },
            Benchmark("account rdp", "200 distinct", against: "one release, 200 times") {
                keep(try epsilon(.composed(distinct), count: 10, RenyiAccountant.self))
            } baseline: {
                keep(try epsilon(sampled, count: 200, RenyiAccountant.self))
            },
            Benchmark("calibrate pld", "epsilon 1, 10^3 releases", against: "one epsilon") {
                let noise = try target.noiseMultiplier(by: LossDistributionAccountant.self, tolerance: 1e-3) {
                    .selfComposed(.poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: $0)), count: 1_000)
                }
                keep(noise)
            } baseline: {
                let event = PrivacyEvent.poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: 1.5))
                keep(try epsilon(event, count: 1_000, LossDistributionAccountant.self))
            },
        ]
    }

    private static func epsilon<Accountant: PrivacyAccountant>(
        _ event: PrivacyEvent, count: Int, _: Accountant.Type
    ) throws -> Double {
        var account = Accountant(relation: .addOrRemoveOne)
        try account.compose(event, count: count)
        return try account.epsilon(delta: 1e-5)
    }
}
