internal import Federation
internal import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import SiteStorage
internal import Sodium
internal import Storage
internal import TestSupport
internal import Testing

@Suite("The ledger of a site's data set")
struct SiteLedgerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("x,y\n1,2\n", to: "a.csv")
    }

    private func key(_ number: UInt8 = 1) throws -> Ed25519.SigningKey {
        try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }

    private func policy(
        epsilon: Double = 4, noise: Double = 10, relation: NeighbouringRelation = .addOrRemoveOne
    ) throws -> PrivacyPolicy {
        try PrivacyPolicy(
            epsilon: epsilon, delta: 1e-5, relation: relation, unit: .record, mechanism: .gaussian,
            sampling: .all, smallestNoiseMultiplier: noise)
    }

    private var location: SiteLedger.Location {
        SiteLedger.Location(
            ledger: folder.file("ledger"), datasetKey: folder.file("dataset.key"),
            files: [("a", folder.file("a.csv"))])
    }

    private func plan(
        noise: Double = 20, unit: PrivacyUnit = .record, scoreNoise: Double? = nil
    ) throws -> StudyPlan {
        let task = TaskName("a b")
        return try StudyPlan(
            name: "study", digest: Array(repeating: 7, count: 32), dimension: 3,
            tasks: [StudyPlan.Task(name: task, owner: SiteName("site"))], regularizer: Regularizer(.nuclear),
            lambda: 1, splitting: .backwardForward(BackwardForward(eta: 0.1)), relaxation: 0.9,
            relaxationPolicy: .constant, mode: .asynchronous, encoding: .float32, normBound: 1e6,
            stoppingRule: StoppingRule(maximumUpdateCount: 10, residualTolerance: nil),
            privacy: PrivateStudy(
                unit: unit, relation: scoreNoise == nil ? .addOrRemoveOne : .replaceOne, clippingNorm: 1,
                noiseMultiplier: noise,
                samplingRate: 1, noise: .roundedGaussian, declaredCounts: [task: unit == .site ? 1 : 100],
                maximumReleaseCount: 10, dimension: 3, scoreNoiseMultiplier: scoreNoise))
    }

    private func begin(_ policy: PrivacyPolicy) throws {
        try SiteLedger.begin(location, site: SiteName("site"), policy: policy, key: key(), at: 1)
    }

    private func open(
        _ plan: StudyPlan, _ policy: PrivacyPolicy, _ location: SiteLedger.Location? = nil
    ) throws -> SiteLedger {
        try SiteLedger(
            location ?? self.location, plan: plan, site: SiteName("site"), policy: policy, key: key(),
            noiseSource: .system, at: 2)
    }

    private func update(_ byte: UInt8) throws -> Update {
        Update(
            task: TaskName("a b"), sequence: 1, columnVersion: 3, columnReference: .none, release: [byte],
            next: nil)
    }

    @Test("charges add up over processes and studies, and the same bytes are charged once")
    func charging() throws {
        try begin(policy())
        #expect(try folder.mode(of: "dataset.key") == 0o600)
        let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
        for round in 0..<2 as Range<UInt8> {
            let ledger = try open(plan(), policy())
            #expect(ledger.spending.releaseCount == 2 * Int(round))
            for (byte, isResend) in [(2 * round, false), (2 * round, true), (2 * round + 1, false)] {
                let outcome = try ledger.charge(
                    update(byte), instance: instance, isResend: isResend, at: 3)
                guard case .charged(let release) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(release.bytes == [byte] && release.isPrivate)
            }
        }
        // A new release whose bytes happen to be those of an earlier one is a release.
        do {
            let ledger = try open(plan(), policy())
            _ = try ledger.charge(update(0), instance: instance, isResend: false, at: 3)
            #expect(ledger.spending.releaseCount == 5)
        }
        let spending = try open(plan(), policy()).spending
        #expect(spending.releaseCount == 5 && spending.unprotectedCount == 0 && spending.epsilonMaximum == 4)
        let exact = GaussianPrivacy.epsilon(delta: 1e-5, mu: 5.0.squareRoot() / 20)
        #expect(abs(spending.epsilon / exact - 1) < 1e-9, "\(spending.epsilon), \(exact)")
    }

    @Test("a score is charged once for its bytes, and too little noise of scores is found at the start")
    func scores() throws {
        let policy = try policy(relation: .replaceOne)
        try begin(policy)
        let plan = try plan(scoreNoise: 12)
        let sum = try #require(try plan.privacy?.scorePlan(recordCount: 40))
        let score = SiteLedger.Score(task: TaskName("a b"), plan: sum, run: "study/1", version: 9)
        for (isResend, count) in [(false, 1), (true, 1), (false, 2)] {
            let ledger = try open(plan, policy)
            #expect(try ledger.refusal(of: score, at: 3) == nil)
            let outcome = try ledger.charge(score, bytes: [1, 2], isResend: isResend, at: 3)
            guard case .charged(let release) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(release.bytes == [1, 2] && release.isPrivate && ledger.spending.releaseCount == count)
        }
        let spent = try open(plan, policy).spending.epsilon
        let exact = GaussianPrivacy.epsilon(delta: 1e-5, mu: 2 * 2.0.squareRoot() / 12)
        #expect(abs(spent / exact - 1) < 1e-9, "\(spent), \(exact)")
        let error = #expect(throws: StorageError.self) { try open(self.plan(scoreNoise: 9), policy) }
        #expect(error?.code == .foreign && error?.message.contains("a score of task") == true)
    }

    @Test("without its ledger, its key, its records or its policy a site releases nothing")
    func refusals() throws {
        #expect(throws: StorageError(.notFound, "")) { try open(plan(), policy()) }
        try begin(policy())
        #expect(throws: StorageError(.alreadyExists, "")) { try begin(policy()) }
        // Another ceiling is put in force by the administrator, not by the file.
        #expect(throws: StorageError(.foreign, "")) { try open(plan(), policy(epsilon: 8)) }
        try SiteLedger.adopt(policy(epsilon: 8), location, site: SiteName("site"), key: key(), at: 2)
        #expect(try open(plan(), policy(epsilon: 8)).spending.epsilonMaximum == 8)
        // What the policy never allows is refused before anything is computed.
        for other in [try plan(noise: 5), try plan(unit: .site)] {
            let error = #expect(throws: StorageError.self) { try open(other, policy(epsilon: 8)) }
            #expect(error?.message.contains("cannot be taken part in") == true)
        }
        // Other records are another data set.
        try folder.write("x,y\n1,3\n", to: "a.csv")
        #expect(throws: LedgerError(.forbiddenEntry, "")) { try open(plan(), policy(epsilon: 8)) }
        try folder.write("x,y\n1,2\n", to: "a.csv")
        _ = try open(plan(), policy(epsilon: 8))
        var other = location
        other.files = [("b", folder.file("a.csv"))]
        #expect(throws: LedgerError(.forbiddenEntry, "")) { try open(plan(), policy(epsilon: 8), other) }
        try folder.setMode(0o644, of: "dataset.key")
        #expect(throws: StorageError(.insecurePermissions, "")) { try open(plan(), policy(epsilon: 8)) }
        try folder.remove("dataset.key")
        #expect(throws: StorageError(.notFound, "")) { try open(plan(), policy(epsilon: 8)) }
        try folder.remove("ledger")
        #expect(throws: StorageError(.notFound, "")) { try open(plan(), policy(epsilon: 8)) }
    }

    @Test("names that a ledger cannot hold are escaped, and no two give the same")
    func names() throws {
        #expect(LedgerName.escaped("school-1") == "school-1")
        #expect(LedgerName.escaped("a b%~é") == "a%20b%25%7E%C3%A9")
        let long = String(repeating: "ä", count: 100)
        let texts = Set([long, long + "a", long + "b", "a b", "a%20b"].map { LedgerName.escaped($0) })
        #expect(texts.count == 5)
        for text in texts { try LedgerName.require(text) }
    }
}
