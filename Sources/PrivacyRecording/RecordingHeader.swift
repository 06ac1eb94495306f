internal import PrivacyLedger
package import PrivacyMechanisms
internal import Sodium

/// What all releases of a recording have in common: whose they are, and what is claimed of them.
package struct RecordingHeader: Sendable, Equatable {
    /// The site, run and task, as the ledger names them.
    package let site: String
    package let run: String
    package let task: String
    /// The parameters of each noisy sum.
    package let plan: ReleasePlan
    /// From the noisy mean to the update.
    package let step: ForwardStep
    /// Units that samples are drawn from, present canaries among them.
    package let unitCount: Int
    /// Where noise and samples came from.
    package let randomness: RandomnessKind
    /// The auditor's canaries, the last units.
    package let canaries: CanarySet

    /// - Throws: ``RecordingError`` `invalidValue` for names, canaries and counts that do not fit.
    package init(
        site: String, run: String, task: String, plan: ReleasePlan, step: ForwardStep, unitCount: Int,
        randomness: RandomnessKind, canaries: CanarySet
    ) throws(RecordingError) {
        do throws(LedgerError) {
            for name in [site, run, task] { try LedgerName.require(name) }
        } catch {
            throw RecordingError(.invalidValue, error.message)
        }
        try canaries.require(fitting: plan)
        let present = canaries.presentIndices(under: plan).count
        guard RecordingLimits.unitCount.contains(unitCount), unitCount >= present else {
            throw RecordingError(
                .invalidValue,
                "\(unitCount) units where \(present) canaries are present; at most "
                    + "\(RecordingLimits.unitCount.upperBound)")
        }
        self.site = site
        self.run = run
        self.task = task
        self.plan = plan
        self.step = step
        self.unitCount = unitCount
        self.randomness = randomness
        self.canaries = canaries
    }

    /// Returns the name of a task's recording: `recording-<run>-<task>.rec`, escaped as
    /// `EscapedName.ofFile` does.
    ///
    /// It never contains `ledger`, which is a ledger's.
    ///
    /// - Parameter part: From 1 on for a process that was started again, `recording-<run>-<task>+<part>.rec`: no recording
    ///   is continued.
    package func fileName(part: Int = 0) -> String {
        let plain = EscapedName.ofFile("recording-\(run)-\(task)")
        return plain.split(separator: "ledger", omittingEmptySubsequences: false).joined(
            separator: "%6Cedger")
            + (part > 0 ? "+\(part)" : "") + ".rec"
    }
}
