package import Federation
internal import MultiTaskLearning
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import Reporting
package import SiteStorage
internal import Sodium
package import Studies

/// The scores that a site of a private study shows of its final models: noisy, and each charged before anyone sees it.
///
/// A score is in the folder of the kept models before it is charged, and only what was charged is handed out. A process that
/// starts again finds the file and charges its bytes, once; noise is never drawn twice for one model.
package struct PrivateScores: Sendable {
    /// What became of a score.
    package enum Outcome: Sendable, Equatable {
        case charged(NoisyScore)
        /// There is none; the reason is for people.
        case withheld(reason: String)
    }

    private let folder: String
    private let site: SiteName
    private let plan: StudyPlan
    private let privacy: PrivateStudy
    private let bound: Double
    private let ledger: SiteLedger
    private let clock: @Sendable () -> Int64

    /// Prepares the scores of a study; nil for one that has none.
    ///
    /// - Parameters:
    ///   - resultsFolder: Of the site; the folder of its kept models is in it.
    ///   - bound: The largest squared error that counts.
    ///   - clock: Milliseconds since 1970.
    package init?(
        resultsFolder: String, site: SiteName, plan: StudyPlan, bound: Double, ledger: SiteLedger,
        clock: @escaping @Sendable () -> Int64
    ) {
        guard let privacy = plan.privacy, privacy.scoreNoiseMultiplier != nil else { return nil }
        folder = resultsFolder + "/" + KeptModels.folderName
        self.site = site
        self.plan = plan
        self.privacy = privacy
        self.bound = bound
        self.ledger = ledger
        self.clock = clock
    }

    /// Draws the score of a task's final model, keeps it and charges it, or goes on with what an earlier process kept.
    ///
    /// - Parameter instance: The aggregator's, which names the run; nil where the site's journal does not have it.
    /// - Throws: Errors of the ledger and of files; nothing is charged or shown then.
    package func outcome(
        of task: StudyTask, model: KeptModels.Model, instance: InstanceIdentifier?
    ) throws -> Outcome {
        guard let held = task.heldOut,
            let release = try privacy.scorePlan(recordCount: held.recordCount)
        else { return .withheld(reason: "no records of the task are held out") }
        let (keptBytes, kept) = read(task.name)
        guard let run = instance.map({ RunName.of(study: plan.name, instance: $0) }) ?? kept?.run else {
            return .withheld(reason: "the journal does not say which run the model is of")
        }
        let charge = SiteLedger.Score(task: task.name, plan: release, run: run, version: model.version)
        var wanted = KeptScore(
            site: site.rawValue, studyDigest: Hexadecimal.encode(plan.digest), run: run,
            task: task.name.rawValue, version: Int(clamping: model.version),
            recordCount: held.recordCount, steps: kept?.steps ?? 0)
        let isKept = kept == wanted
        var bytes = keptBytes
        if !isKept {
            // Before anything is drawn: what the ledger would refuse is not made.
            if let reason = try ledger.refusal(of: charge, at: clock()) { return .withheld(reason: reason) }
            var mechanism = try GaussianMechanism(release, source: SystemRandomness())
            let contributions = ScoreContributions(of: model.weights, on: held, bound: bound)
            wanted.steps = try mechanism.release(of: contributions).steps[0]
            bytes = wanted.bytes
            try AtomicFile.write(bytes, to: path(of: task.name), permissions: 0o600)
        }
        switch try ledger.charge(charge, bytes: bytes, isResend: isKept, at: clock()) {
        case .refused(let refusal): return .withheld(reason: refusal.reason)
        case .charged(let charged):
            // What was charged is what is shown.
            guard let score = KeptScore(charged.bytes) else {
                preconditionFailure("a score that was written is read back")
            }
            return .charged(
                NoisyScore(ofSteps: score.steps, plan: release, loss: held.loss, bound: bound))
        }
    }

    private func read(_ task: TaskName) -> (bytes: [UInt8], score: KeptScore?) {
        guard let bytes = try? FileContents.read(path: path(of: task)) else { return ([], nil) }
        return (bytes, KeptScore(bytes))
    }

    private func path(of task: TaskName) -> String {
        "\(folder)/score-\(EscapedName.ofFile(task.rawValue)).json"
    }
}

extension NoisyScore {
    /// The score as results show it.
    var json: JSONValue {
        [
            "metric": JSONValue(metric.rawValue), "value": JSONValue(value),
            "records": JSONValue(recordCount), "held_out": true, "noisy": true,
        ]
    }
}
