internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import Reporting
internal import SiteStorage
internal import Sodium
internal import TestSupport
internal import Testing

@testable internal import SiteAgent
@testable internal import Studies

/// Noisy scores of a private study's final models: kept, charged once, and only then shown.
@Suite struct PrivateScoresTests {
    private static let site = SiteName("north")
    private static let model = KeptModels.Model(version: 7, weights: [2])
    private let folder: TemporaryFolder
    private let plan: StudyPlan
    private let task: StudyTask

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("records\n", to: "records.csv")
        let name = TaskName("a b")
        plan = try StudyPlan(
            name: "study", digest: Array(repeating: 7, count: 32), dimension: 1,
            tasks: [StudyPlan.Task(name: name, owner: Self.site)], regularizer: Regularizer(.nuclear),
            lambda: 1, splitting: .backwardForward(BackwardForward(eta: 0.1)), relaxation: 0.9,
            relaxationPolicy: .constant, mode: .asynchronous, encoding: .float32, normBound: 1e6,
            stoppingRule: StoppingRule(maximumUpdateCount: 10, residualTolerance: nil),
            privacy: PrivateStudy(
                unit: .record, relation: .replaceOne, clippingNorm: 1, noiseMultiplier: 20, samplingRate: 1,
                noise: .roundedGaussian, declaredCounts: [name: 100], maximumReleaseCount: 10, dimension: 1,
                scoreNoiseMultiplier: 10))
        // Every prediction is right but the last one's.
        let features = Matrix(columns: [(1...100).map(Double.init)])
        task = StudyTask(
            name: name,
            objective: try TaskObjective(
                features: features, targets: [Double](repeating: 1, count: 100), loss: .logistic, scale: .mean
            ),
            heldOut: try TaskObjective(
                features: features, targets: [Double](repeating: 1, count: 99) + [0], loss: .logistic,
                scale: .mean),
            persons: nil)
        _ = try KeptModels(resultsFolder: folder.path, site: Self.site, plan: plan)
    }

    private func key() throws -> Ed25519.SigningKey {
        try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    }

    /// The ceiling holds 12 scores.
    private func policy() throws -> PrivacyPolicy {
        try PrivacyPolicy(
            epsilon: GaussianPrivacy.epsilon(delta: 1e-5, mu: 2 * 12.5.squareRoot() / 10), delta: 1e-5,
            relation: .replaceOne, unit: .record, mechanism: .gaussian, sampling: .all,
            smallestNoiseMultiplier: 10)
    }

    private var location: SiteLedger.Location {
        SiteLedger.Location(
            ledger: folder.file("ledger"), datasetKey: folder.file("dataset.key"),
            files: [("a", folder.file("records.csv"))])
    }

    private func begin() throws {
        try SiteLedger.begin(location, site: Self.site, policy: policy(), key: key(), at: 1)
    }

    /// What a process makes of the task's model, and how many releases are charged then.
    private func score(
        _ model: KeptModels.Model = model, instance: UInt8? = 1
    ) throws -> (outcome: PrivateScores.Outcome, chargedCount: Int) {
        let ledger = try SiteLedger(
            location, plan: plan, site: Self.site, policy: policy(), key: key(), noiseSource: .system, at: 2)
        let scores = PrivateScores(
            resultsFolder: folder.path, site: Self.site, plan: plan, bound: 1, ledger: ledger, clock: { 3 })
        let outcome = try #require(scores).outcome(
            of: task, model: model,
            instance: instance.flatMap { InstanceIdentifier(bytes: Array(repeating: $0, count: 16)) })
        return (outcome, ledger.spending.releaseCount)
    }

    private var file: String { folder.file("kept/score-a%20b.json") }

    @Test("a process that starts again shows the score that was drawn, and it is charged once")
    func resend() throws {
        try begin()
        let uncharged = try contents(of: folder.file("ledger"))
        let noted = try contents(of: folder.file("dataset.key.head"))
        let first = try score()
        guard case .charged(let noisy) = first.outcome else {
            Issue.record("\(first.outcome)")
            return
        }
        #expect(noisy.metric == .accuracy && noisy.recordCount == 100 && first.chargedCount == 1)
        // Noise of deviation 0.05.
        #expect(noisy.value != 0.99 && abs(noisy.value - 0.99) < 0.4)
        let kept = try contents(of: file)
        #expect(try score() == first)
        // Its journal is gone, and the file says which run it is of.
        #expect(try score(instance: nil) == first)
        // Killed with the score on the disk and nothing in the ledger.
        try folder.write(uncharged, to: "ledger")
        try folder.setMode(0o600, of: "ledger")
        try folder.write(noted, to: "dataset.key.head")
        #expect(try score() == first)
        #expect(try score() == first)
        #expect(try contents(of: file) == kept)
        var hashes: [LedgerHash] = []
        var replay = LedgerReplay(check: .every)
        try replay.read(contents(of: folder.file("ledger"))) { entry, _ in
            guard case .charged(let release, let hash) = entry.content else { return }
            #expect(release.task == "a%20b" && release.modelVersion == 7 && release.dimension == 1)
            #expect(release.clippingNorm == 0.5 && release.noiseMultiplier == 10)
            #expect(release.declaredRecordCount == 100 && release.noiseSource == .system)
            hashes.append(hash)
        }
        #expect(hashes == [LedgerHash(ofRelease: kept)])
    }

    @Test("another model or run is another score; a file that is cut is not read")
    func others() throws {
        try begin()
        // Sums on the grid, which unlike the shown scores are not cut to their range.
        var steps: [Int64] = []
        let runs: [(version: UInt64, instance: UInt8)] = [(7, 1), (8, 1), (8, 2)]
        for (index, run) in runs.enumerated() {
            let result = try score(
                KeptModels.Model(version: run.version, weights: [2]), instance: run.instance)
            #expect(result.chargedCount == index + 1)
            steps.append(try #require(KeptScore(contents(of: file))).steps)
        }
        #expect(Set(steps).count == 3, "\(steps)")
        try folder.write(Array(contents(of: file).dropLast(9)), to: "kept/score-a%20b.json")
        #expect(try score(KeptModels.Model(version: 8, weights: [2]), instance: 2).chargedCount == 4)
    }

    @Test("what the ceiling does not hold, or names no run, is not drawn, and the reason is told")
    func withheld() throws {
        try begin()
        let unknown = try score(instance: nil)
        guard case .withheld(let reason) = unknown.outcome else {
            Issue.record("\(unknown.outcome)")
            return
        }
        #expect(reason.contains("journal") && unknown.chargedCount == 0)
        for version in 1...12 as ClosedRange<UInt64> {
            #expect(
                try score(KeptModels.Model(version: version, weights: [2])).chargedCount == Int(version))
        }
        let last = try contents(of: file)
        for _ in 0..<2 {
            let refused = try score(KeptModels.Model(version: 13, weights: [2]))
            #expect(refused.outcome == .withheld(reason: Refusal.ceiling.reason))
            #expect(refused.chargedCount == 12)
        }
        #expect(try contents(of: file) == last)
    }

    @Test("a summary with noisy scores has no loss and no other score")
    func summary() throws {
        let results = try SiteResults(folder: folder.path, site: Self.site, plan: plan)
        try results.keep(FinalModel(task: task.name, version: 7, weights: [2]))
        let release = try #require(try plan.privacy?.scorePlan(recordCount: 100))
        let score = NoisyScore(ofSteps: 0, plan: release, loss: .logistic, bound: 1)
        let charged = try results.finish(
            tasks: [task], outcome: .complete, localModels: [:], privateScores: [task.name: .charged(score)])
        let entry = try #require(charged["tasks"]?.elements?.first)
        #expect(
            entry["score"]
                == [
                    "metric": "accuracy", "value": 0.5, "records": 100, "held_out": true, "noisy": true,
                ])
        #expect(entry["loss"] == nil && entry["local_score"] == nil && entry["version"] == 7)
        let withheld = try SiteResults(folder: folder.path, site: Self.site, plan: plan).finish(
            tasks: [task], outcome: .complete, localModels: [:],
            privateScores: [task.name: .withheld(reason: "it would pass the ceiling")])
        let other = try #require(withheld["tasks"]?.elements?.first)
        #expect(other["score"] == nil && other["loss"] == nil)
        #expect(other["score_withheld"] == "it would pass the ceiling")
    }
}
