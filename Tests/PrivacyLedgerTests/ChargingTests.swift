import PrivacyAccounting
import PrivacyLedger
import PrivacyMechanisms
import Testing

@Suite("Charging releases")
struct ChargingTests {
    private struct DiskFull: Error {}

    /// How many releases of noise multiplier 20 the ceiling holds, by the accountant.
    private static func bound(epsilon: Double) throws -> Int {
        var count = 0
        while true {
            var account = ExactGaussianAccountant(relation: .replaceOne)
            try account.compose(.gaussian(noiseMultiplier: 20), count: count + 1)
            if try account.epsilon(delta: 1e-5) > epsilon { return count }
            count += 1
        }
    }

    @Test("the ceiling holds at bound - 1 and bound, and refuses bound + 1, which is logged once")
    func ceiling() throws {
        let bound = try Self.bound(epsilon: 4)
        var fixture = try LedgerFixture(policy: LedgerFixture.policy(epsilon: 4))
        for index in 0..<bound {
            guard
                case .charged(let release) = try fixture.charge(
                    bytes: [1, UInt8(index)], LedgerFixture.release())
            else {
                Issue.record("release \(index + 1) of \(bound) was refused")
                return
            }
            #expect(release.entry == UInt64(index + 1) && release.isPrivate)
            #expect(fixture.ledger.account.odometer <= 4)
        }
        let before = fixture.bytes.count
        #expect(try fixture.charge(bytes: [2], LedgerFixture.release()) == .refused(.ceiling))
        #expect(fixture.bytes.count > before)
        let logged = fixture.bytes.count
        #expect(try fixture.charge(bytes: [2], LedgerFixture.release()) == .refused(.ceiling))
        #expect(fixture.bytes.count == logged)
        let entries = try replay(fixture.bytes).entries
        guard case .refused(_, _, .ceiling) = entries.last?.content else {
            Issue.record("the refusal is not logged")
            return
        }
        // A release with more noise may still fit; a changed ceiling grants more.
        try fixture.change(to: LedgerFixture.policy(epsilon: 5))
        guard case .charged = try fixture.charge(bytes: [2], LedgerFixture.release()) else {
            Issue.record("a raised ceiling grants nothing")
            return
        }
        #expect(fault(fixture.bytes) == nil)
    }

    @Test("each rule of the policy refuses, and the refusal is logged")
    func refusals() throws {
        var fixture = try LedgerFixture()
        let cases: [(Refusal, (inout PrivateRelease) -> Void)] = [
            (.otherDataset, { $0.dataset = LedgerFixture.configuration }),
            (.otherRelation, { $0.relation = .addOrRemoveOne }), (.otherUnit, { $0.unit = .site }),
            (.seededNoise, { $0.noiseSource = .seeded }), (.seededNoise, { $0.noiseSource = .recorded }),
            (.otherMechanism, { $0.mechanism = .discreteGaussian }),
            (.tooLittleNoise, { $0.noiseMultiplier = 3.99 }),
            (.otherSampling, { $0.sampling = .poisson(rate: 0.5) }),
        ]
        for (number, (refusal, change)) in cases.enumerated() {
            var release = LedgerFixture.release()
            change(&release)
            #expect(try fixture.charge(UInt8(number), release) == .refused(refusal))
        }
        #expect(fixture.ledger.account.counts.isEmpty)
        #expect(try replay(fixture.bytes).entries.count == 1 + cases.count)
        // At the bound itself it is granted.
        guard case .charged = try fixture.charge(99, LedgerFixture.release(noise: 4)) else {
            Issue.record("the policy's largest release is refused")
            return
        }
    }

    @Test("the same bytes are charged once")
    func resend() throws {
        var fixture = try LedgerFixture()
        let first = try fixture.charge(1)
        let length = fixture.bytes.count
        try fixture.charge(2)
        #expect(try fixture.charge(1) == first)
        #expect(fixture.starts.count == 3 && fixture.bytes.count > length)
        // And after a start of the process.
        let read = try replay(fixture.bytes, check: .newest).replay
        var again = try PrivacyLedger(resuming: read, site: LedgerFixture.site, key: LedgerFixture.key(1))
        let outcome = try again.charge(LedgerFixture.release(), bytes: [1], isResend: true, at: 0) { _ in
            Issue.record("a resend appends nothing")
        }
        #expect(outcome == first)
        #expect(again.head == fixture.head)
    }

    @Test("an append that fails leaves nothing to send, and the ledger takes no more")
    func failedAppend() throws {
        var fixture = try LedgerFixture()
        let head = fixture.head
        func attempt(_ append: ([UInt8]) throws -> Void) -> (any Error)? {
            do {
                _ = try fixture.ledger.charge(
                    LedgerFixture.release(), bytes: [1], isResend: true, at: 0, append: append)
                return nil
            } catch {
                return error
            }
        }
        #expect(attempt { _ in throw DiskFull() } is DiskFull)
        #expect(attempt { _ in } as? LedgerError == LedgerError(.failed, ""))
        #expect(fixture.head == head)
    }

    @Test("seeded noise, where allowed, is charged and says not private")
    func seeded() throws {
        var fixture = try LedgerFixture(policy: LedgerFixture.policy(seeded: true))
        guard case .charged(let release) = try fixture.charge(1, LedgerFixture.release(source: .seeded))
        else {
            Issue.record("refused")
            return
        }
        #expect(!release.isPrivate)
        let read = try replay(fixture.bytes)
        #expect(read.replay.state?.account.seededCount == 1)
        guard case .charged(let entry, _) = read.entries.last?.content else {
            Issue.record("not charged")
            return
        }
        #expect(entry.noiseSource == .seeded)
    }

    @Test("recorded noise, where allowed, is charged and says not private")
    func recorded() throws {
        var fixture = try LedgerFixture(policy: LedgerFixture.policy(seeded: true))
        guard case .charged(let release) = try fixture.charge(1, LedgerFixture.release(source: .recorded))
        else {
            Issue.record("refused")
            return
        }
        #expect(!release.isPrivate)
        let account = try #require(try replay(fixture.bytes).replay.state?.account)
        #expect(account.recordedCount == 1 && account.seededCount == 0 && account.notPrivateCount == 1)
    }

    @Test("a sampled policy is filtered in one Renyi order, within its ceiling by the tight accountant")
    func sampled() throws {
        let policy = try LedgerFixture.policy(epsilon: 1, sampling: .poisson(rate: 0.05), noise: 2)
        var fixture = try LedgerFixture(policy: policy)
        let release = LedgerFixture.release(noise: 2, sampling: .poisson(rate: 0.05))
        var count = 0
        while case .charged = try fixture.charge(bytes: [UInt8(count & 255), UInt8(count >> 8)], release) {
            count += 1
        }
        #expect(count > 1)
        var account = LossDistributionAccountant(relation: .replaceOne)
        try account.compose(release.event, count: count)
        #expect(try account.epsilon(delta: 1e-5) <= 1)
        #expect(try replay(fixture.bytes).replay.state?.account.counts == [release.event: count])
    }

    @Test("a release that is lost at the ceiling fills it: it cannot have cost more, and the claim stands")
    func lostAtTheCeiling() throws {
        var fixture = try LedgerFixture(policy: LedgerFixture.policy(noise: 4))
        var number: UInt8 = 0
        while case .charged = try fixture.charge(number, LedgerFixture.release(noise: 4)) { number += 1 }
        #expect(number > 0)
        let before = fixture.ledger.account.odometer
        var replaced: [UInt8] = []
        try fixture.ledger.recover(tail: [1, 2, 3], offset: fixture.bytes.count, at: 0) { replaced = $0 }
        let account = fixture.ledger.account
        #expect(account.recoveredCount == 1 && !account.isExhausted && !replaced.isEmpty)
        #expect(account.odometer > before && account.odometer <= 4 * (1 + 1e-9), "\(account.odometer)")
        // What an auditor reads comes to the same.
        let read = try #require(try replay(fixture.bytes + replaced).replay.state)
        #expect(read.account.odometer == account.odometer && !read.account.isExhausted)
        // Not even the smallest is granted any more.
        #expect(fixture.ledger.refusal(of: LedgerFixture.release(noise: 1e4)) == .ceiling)
    }

    @Test("no policy without room for one release, nor with values out of range")
    func policies() {
        #expect(throws: LedgerError(.invalidValue, "")) { try LedgerFixture.policy(epsilon: 0.01, noise: 2) }
        #expect(throws: LedgerError(.invalidValue, "")) { try LedgerFixture.policy(noise: 0) }
        #expect(throws: LedgerError(.invalidValue, "")) { try LedgerFixture.policy(epsilon: -1) }
        #expect(throws: LedgerError(.invalidValue, "")) {
            try LedgerFixture.policy(sampling: .poisson(rate: 2))
        }
    }
}
