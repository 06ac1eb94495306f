import PrivacyAccounting
import PrivacyLedger
import PrivacyMechanisms
import Testing

@Suite("A policy that is changed")
struct PolicyChangeTests {
    private static func changed() throws -> [PrivacyPolicy] {
        [
            try LedgerFixture.policy(unit: .site), try LedgerFixture.policy(unit: .person),
            try LedgerFixture.policy(relation: .addOrRemoveOne),
        ]
    }

    @Test("what was charged for one unit and relation is never said to protect another")
    func relabelled() throws {
        for policy in try Self.changed() {
            var fixture = try LedgerFixture()
            try fixture.charge(1)
            let before = fixture.bytes
            var error: LedgerError?
            do { try fixture.change(to: policy) } catch let thrown as LedgerError { error = thrown }
            #expect(error?.code == .forbiddenEntry, "\(policy)")
            #expect(fixture.bytes == before)
            // A refusal is no failure: the ledger goes on, and another ceiling of the same unit is no such change.
            try fixture.charge(2)
            try fixture.change(to: LedgerFixture.policy(epsilon: 5))
            #expect(fault(fixture.bytes) == nil)
            // Signed by the site all the same, it is found at the site's start and by an auditor.
            let forged = try fixture.forged(.policyChanged(policy))
            for check in [LedgerReplay.SignatureCheck.every, .newest] {
                let found = fault(forged, check: check)
                #expect(found?.code == .forbiddenEntry && found?.entry == 4, "\(policy)")
            }
        }
    }

    @Test("a lost release is charged for its unit, too")
    func lost() throws {
        var fixture = try LedgerFixture()
        var file = fixture.bytes
        try fixture.ledger.recover(tail: [1], offset: file.count, at: 0) { file += $0 }
        #expect(throws: LedgerError(.forbiddenEntry, "")) {
            try fixture.change(to: LedgerFixture.policy(unit: .site))
        }
    }

    @Test("before the first charge, unit and relation may change")
    func unused() throws {
        for policy in try Self.changed() {
            var fixture = try LedgerFixture()
            try fixture.change(to: policy)
            #expect(fixture.ledger.account.policy == policy)
            #expect(fault(fixture.bytes) == nil)
        }
    }

    @Test("what is spent is the same to the last bit at the site and wherever it is read again")
    func order() throws {
        var fixture = try LedgerFixture(policy: LedgerFixture.policy(epsilon: 40))
        for number in UInt8(0)..<40 {
            try fixture.charge(number, LedgerFixture.release(noise: 20 + 1.37 * Double(number)))
        }
        try fixture.change(to: LedgerFixture.policy(epsilon: 41))
        let spent = fixture.ledger.account.odometer
        for _ in 0..<20 {
            #expect(try replay(fixture.bytes).replay.state?.account.odometer == spent)
        }
    }
}
