package import Federation
internal import MultiTaskLearning
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import PrivacyRecording
internal import ReleaseEncoding
internal import SecureChannel
internal import Sodium
internal import Storage
internal import Synchronization

/// Records every release of a site for an audit of its program, canaries among its records.
///
/// With the noise beside it a release is the exact sum: the ledger marks each one as not private, and a policy that
/// protects anybody refuses them all.
package final class AuditRecording: Sendable {
    private let folder: String
    private let plan: StudyPlan
    private let site: SiteName
    private let canaryCount: Int
    private let tasks = Mutex<[TaskName: RecordingGradients]>([:])

    /// Records into a folder that must exist.
    ///
    /// - Parameter canaryCount: Canaries of each task; none where the unit is the site.
    package init(folder: String, plan: StudyPlan, site: SiteName, canaryCount: Int) {
        self.folder = folder
        self.plan = plan
        self.site = site
        self.canaryCount = canaryCount
    }

    /// Makes a task's noisy gradients, and keeps how each came about until it is recorded.
    ///
    /// - Throws: `RecordingError` for canaries that do not fit; `MechanismError`.
    func gradients(of task: TaskName, _ gradients: TaskGradients) throws -> any NoisyGradients {
        var random = SystemRandom()
        let canaries =
            gradients.plan.unit == .site
            ? CanarySet.none : try CanarySet(count: canaryCount, plan: gradients.plan, using: &random)
        let recording = try RecordingGradients(gradients, canaries: canaries)
        tasks.withLock { $0[task] = recording }
        return recording
    }

    /// Records a release that was charged, before it is sent; one that was recorded before is not recorded again.
    ///
    /// - Parameters:
    ///   - column: What the update was computed from.
    ///   - reference: What it was encoded relative to.
    /// - Throws: ``StorageError``; `RecordingError`. Nothing may be sent then.
    func record(
        _ update: Update, column: [Double], reference: Reference, instance: InstanceIdentifier
    ) throws {
        guard let recording = tasks.withLock({ $0[update.task] }),
            case .backwardForward(let splitting?) = plan.splitting
        else { return }
        let surroundings = ReleaseSurroundings(
            modelVersion: update.columnVersion, column: column, encoding: plan.encoding,
            reference: reference, releaseBytes: update.release)
        try recording.record(surroundings) { gradients, canaries in
            let header = try RecordingHeader(
                site: site.rawValue, run: RunName.of(study: plan.name, instance: instance),
                task: LedgerName.escaped(update.task.rawValue), plan: gradients.plan,
                step: ForwardStep(eta: splitting.eta, factor: gradients.factor),
                unitCount: gradients.unitCount + canaries.presentIndices(under: gradients.plan).count,
                randomness: .operatingSystem, canaries: canaries)
            // A process that is started again draws other canaries: a recording of its own.
            for part in 0... {
                do {
                    let file = try AppendedFile(creating: folder + "/" + header.fileName(part: part))
                    return (header, file)
                } catch let error as StorageError where error.code == .alreadyExists {
                    continue
                }
            }
            preconditionFailure("more recordings than numbers")
        }
    }
}

/// Noisy gradients of one task, each kept with how it came about until it is recorded.
private final class RecordingGradients: NoisyGradients {
    private struct State: ~Copyable {
        var mechanism: RecordingMechanism<SystemRandomness>
        /// The newest release, until it is recorded.
        var newest: RecordedRelease<SystemRandomness>?
        var output: Output?
    }

    /// Where releases are recorded, from the first on.
    private struct Output: ~Copyable {
        var recorder: ReleaseRecorder
        let file: AppendedFile
    }

    private let gradients: TaskGradients
    private let canaries: CanarySet
    private let state: Mutex<State>

    init(_ gradients: TaskGradients, canaries: CanarySet) throws {
        self.gradients = gradients
        self.canaries = canaries
        state = Mutex(
            State(mechanism: try RecordingMechanism(gradients.plan, source: SystemRandomness())))
    }

    func gradient(at column: [Double]) throws -> NoisyGradient {
        let units = try CanaryGradients(
            gradients.units(at: column), canaries: canaries, plan: gradients.plan)
        let grouping = gradients.grouping(added: canaries.presentIndices(under: gradients.plan).count)
        return try state.withLock { state in
            let recorded = try state.mechanism.release(
                of: units, grouping: grouping,
                firstCanaryUnit: canaries.count == 0 ? nil : gradients.unitCount)
            state.newest = recorded
            return NoisyGradient(recorded.released, factor: gradients.factor)
        }
    }

    /// Records the newest release, if it was not recorded yet.
    ///
    /// - Parameter begin: Makes header and file before the first.
    func record(
        _ surroundings: ReleaseSurroundings,
        begin: (TaskGradients, CanarySet) throws -> (RecordingHeader, AppendedFile)
    ) throws {
        try state.withLock { state in
            guard let newest = state.newest.take() else { return }
            if state.output == nil {
                let (header, file) = try begin(gradients, canaries)
                state.output = Output(
                    recorder: try ReleaseRecorder(header) { try file.append($0) }, file: file)
            }
            guard var output = state.output.take() else { return }
            let file = output.file
            try output.recorder.record(newest, surroundings) { try file.append($0) }
            state.output = consume output
        }
    }
}
