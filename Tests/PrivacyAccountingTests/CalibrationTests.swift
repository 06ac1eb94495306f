internal import PrivacyAccounting
internal import Testing

@Suite struct CalibrationTests {
    private func event(_ noise: Double, rate: Double, count: Int) -> PrivacyEvent {
        .selfComposed(.poissonSampled(rate: rate, .gaussian(noiseMultiplier: noise)), count: count)
    }

    private func epsilon<Accountant: PrivacyAccountant>(
        _ event: PrivacyEvent, _: Accountant.Type, _ target: PrivacyCalibration
    ) throws -> Double {
        var account = Accountant(relation: target.relation)
        try account.compose(event)
        return try account.epsilon(delta: target.delta)
    }

    private func check<Accountant: PrivacyAccountant>(_ accountant: Accountant.Type, rate: Double) throws {
        for (epsilon, count) in [(0.5, 1), (1, 100), (4, 1000), (9, 20)] {
            let target = try PrivacyCalibration(epsilon: epsilon, delta: 1e-6, relation: .addOrRemoveOne)
            let noise = try target.noiseMultiplier(by: accountant) {
                self.event($0, rate: rate, count: count)
            }
            let kept = try self.epsilon(event(noise, rate: rate, count: count), accountant, target)
            #expect(kept <= epsilon, "\(Accountant.name), epsilon \(epsilon), count \(count)")
            let less = try self.epsilon(event(noise * 0.998, rate: rate, count: count), accountant, target)
            #expect(less > epsilon, "\(Accountant.name), epsilon \(epsilon), count \(count)")
            let most = try target.releaseCount(of: event(noise, rate: rate, count: 1), by: accountant)
            #expect(most >= count, "\(Accountant.name), epsilon \(epsilon)")
            let one = try self.epsilon(event(noise, rate: rate, count: most), accountant, target)
            let more = try self.epsilon(event(noise, rate: rate, count: most + 1), accountant, target)
            #expect(one <= epsilon && more > epsilon, "\(Accountant.name), \(most) releases")
        }
    }

    @Test("noise and releases keep the target and are all that it allows, by each accountant")
    func kept() throws {
        try check(ExactGaussianAccountant.self, rate: 1)
        try check(RenyiAccountant.self, rate: 0.02)
        try check(LossDistributionAccountant.self, rate: 0.02)
    }

    @Test("a target out of reach is an error, and a release too large for it counts none")
    func unreachable() throws {
        let target = try PrivacyCalibration(epsilon: 1, delta: 1e-6, relation: .addOrRemoveOne)
        #expect(throws: AccountingError(.unreachableTarget, "")) {
            _ = try target.noiseMultiplier(by: ExactGaussianAccountant.self) { _ in .nonPrivate }
        }
        #expect(throws: AccountingError(.unreachableTarget, "")) {
            _ = try target.noiseMultiplier(by: ExactGaussianAccountant.self) { _ in .nothing }
        }
        #expect(throws: AccountingError(.unreachableTarget, "")) {
            _ = try target.releaseCount(of: .nothing, by: ExactGaussianAccountant.self)
        }
        #expect(
            try target.releaseCount(of: .gaussian(noiseMultiplier: 0.5), by: ExactGaussianAccountant.self)
                == 0)
        for (epsilon, delta) in [(0, 1e-5), (-1, 1e-5), (.infinity, 1e-5), (1, 0), (1, 1)]
            as [(Double, Double)]
        {
            #expect(throws: AccountingError(.invalidParameter, "")) {
                _ = try PrivacyCalibration(epsilon: epsilon, delta: delta, relation: .addOrRemoveOne)
            }
        }
    }
}
