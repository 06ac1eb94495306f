package import Federation
package import PrivacyLedger
package import PrivacyMechanisms
package import Sodium
internal import Storage
internal import Synchronization

/// The ledger of a site's data set, as the releases of one study are charged to it.
///
/// One process has it at a time: two studies on the same records take turns.
package final class SiteLedger: Sendable {
    /// Where a ledger is, and what it is of.
    package struct Location: Sendable {
        package var ledger: String
        package var datasetKey: String
        /// The site's files with their tasks' names, or the one file of all of them.
        package var files: [(label: String, path: String)]

        /// Where the ledger's newest record is noted: not in its name is `ledger`, by which auditors know ledgers.
        var newest: String { datasetKey + ".head" }

        package init(ledger: String, datasetKey: String, files: [(label: String, path: String)]) {
            self.ledger = ledger
            self.datasetKey = datasetKey
            self.files = files
        }
    }

    /// What was spent, for people.
    package struct Spending: Sendable, Equatable {
        /// Of everything that was ever charged: an odometer.
        package var epsilon: Double
        package var delta: Double
        package var releaseCount: Int
        /// The ceiling.
        package var epsilonMaximum: Double
        /// Releases whose noise protects nobody.
        package var unprotectedCount: Int
    }

    /// Says what a release is, as its entry will.
    private struct Description: Sendable {
        var plan: StudyPlan
        var dataset: LedgerHash
        var configuration: LedgerHash
        var noiseSource: NoiseSource

        /// nil for a task of which the study plans no release.
        func release(of task: TaskName, run: String, modelVersion: UInt64) -> PrivateRelease? {
            plan.privacy?.plans[task].map {
                release($0, of: task, run: run, modelVersion: modelVersion)
            }
        }

        func release(
            _ plan: ReleasePlan, of task: TaskName, run: String, modelVersion: UInt64
        ) -> PrivateRelease {
            PrivateRelease(
                plan, noiseSource: noiseSource, run: run, task: LedgerName.escaped(task.rawValue),
                modelVersion: modelVersion, dataset: dataset, configuration: configuration)
        }
    }

    /// What is charged for a noisy score of a task's final model.
    package struct Score: Sendable {
        package var task: TaskName
        /// Of the sum over its held-out records.
        package var plan: ReleasePlan
        package var run: String
        /// The model's.
        package var version: UInt64

        package init(task: TaskName, plan: ReleasePlan, run: String, version: UInt64) {
            self.task = task
            self.plan = plan
            self.run = run
            self.version = version
        }
    }

    private let store: Mutex<LedgerStore>
    private let description: Description
    /// Bytes of an interrupted entry, which the start charged as the policy's largest release.
    package let recoveredByteCount: Int?

    /// Begins the ledger of a data set, and makes its key where there is none: an act of the site's administrator, once.
    ///
    /// - Parameter time: Milliseconds since 1970.
    /// - Throws: ``StorageError``: `alreadyExists`, `notFound` for a file of records, `noSpace`; `LedgerError`.
    package static func begin(
        _ location: Location, site: SiteName, policy: PrivacyPolicy, key: borrowing Ed25519.SigningKey,
        at time: Int64
    ) throws {
        let digest = try DatasetDigest.digest(ofFiles: location.files)
        let datasetKey = try DatasetKey.loadOrMake(at: location.datasetKey)
        _ = try LedgerStore(
            creating: location.ledger, newestPath: location.newest,
            dataset: DatasetCommitment.commit(to: digest, key: datasetKey), site: site.rawValue,
            policy: policy, key: key, at: time)
    }

    /// Puts another ceiling in force: an act of the site's administrator, signed in the ledger.
    ///
    /// - Throws: As ``init(_:plan:site:policy:key:noiseSource:at:)``; `LedgerError` `forbiddenEntry` for another unit or
    ///   relation once anything was charged.
    package static func adopt(
        _ policy: PrivacyPolicy, _ location: Location, site: SiteName, key: borrowing Ed25519.SigningKey,
        at time: Int64
    ) throws {
        var store = try LedgerStore(
            opening: location.ledger, newestPath: location.newest, dataset: dataset(of: location),
            site: site.rawValue, key: key, at: time)
        try store.change(to: policy, at: time)
    }

    /// Opens the ledger for a study.
    ///
    /// - Parameters:
    ///   - plan: A private one.
    ///   - policy: What the policy file says now.
    ///   - noiseSource: Of all noise of this process.
    ///   - time: Milliseconds since 1970.
    /// - Throws: ``StorageError`` and `LedgerError` as `LedgerStore`; ``StorageError`` `foreign` where the policy file
    ///   is not what the ledger has, or the study's releases are not what it allows. Nothing may be released then.
    package init(
        _ location: Location, plan: StudyPlan, site: SiteName, policy: PrivacyPolicy,
        key: borrowing Ed25519.SigningKey, noiseSource: NoiseSource, at time: Int64
    ) throws {
        let dataset = try Self.dataset(of: location)
        let store = try LedgerStore(
            opening: location.ledger, newestPath: location.newest, dataset: dataset, site: site.rawValue,
            key: key, at: time)
        guard store.account.policy == policy else {
            throw StorageError(
                .foreign,
                "\(location.ledger): the policy file is not the policy that this ledger has (epsilon "
                    + "\(policy.epsilon) there, \(store.account.policy.epsilon) here). Restore the file, or put it in "
                    + "force, signed in the ledger, with: atoll-site --adopt-policy")
        }
        guard let configuration = LedgerHash(bytes: plan.digest) else {
            preconditionFailure("a study's digest has \(LedgerHash.byteCount) bytes")
        }
        recoveredByteCount = store.recoveredByteCount
        let description = Description(
            plan: plan, dataset: dataset, configuration: configuration, noiseSource: noiseSource)
        for task in plan.tasks(of: site) {
            let releases = [
                ("release", description.release(of: task, run: "-", modelVersion: 0)),
                (
                    "score",
                    try plan.privacy?.scorePlan(recordCount: 1).map {
                        description.release($0, of: task, run: "-", modelVersion: 0)
                    }
                ),
            ]
            for case (let what, let release?) in releases {
                guard let refusal = store.refusal(of: release), refusal != .ceiling else { continue }
                throw StorageError(
                    .foreign,
                    "\(location.ledger): the study '\(plan.name)' cannot be taken part in: a \(what) of task '\(task)' "
                        + "would be refused, as \(refusal.reason). Agree on other settings of privacy in the study, or "
                        + "change the policy and put it in force with: atoll-site --adopt-policy")
            }
        }
        self.description = description
        self.store = Mutex(store)
    }

    private static func dataset(of location: Location) throws -> LedgerHash {
        try DatasetCommitment.commit(
            to: DatasetDigest.digest(ofFiles: location.files), key: DatasetKey.load(at: location.datasetKey))
    }

    /// The newest record, for the aggregator to counter-sign.
    package var head: LedgerHead { store.withLock { $0.head } }

    /// What was spent so far.
    package var spending: Spending {
        store.withLock { store in
            let account = store.account
            return Spending(
                epsilon: account.odometer, delta: account.policy.delta,
                releaseCount: account.releaseCount, epsilonMaximum: account.policy.epsilon,
                unprotectedCount: account.notPrivateCount)
        }
    }

    /// Charges an update whose release bytes are in the journal, or says why it must not leave.
    ///
    /// A resend that was charged before is cleared again and charged once.
    ///
    /// - Parameters:
    ///   - instance: The aggregator's, which names the run.
    ///   - isResend: Whether the update may have been charged before: by an earlier process, or on an earlier connection.
    /// - Throws: As `LedgerStore.charge`. Nothing may be sent then.
    package func charge(
        _ update: Update, instance: InstanceIdentifier, isResend: Bool, at time: Int64
    ) throws -> PrivacyLedger.Outcome {
        guard
            let release = description.release(
                of: update.task, run: RunName.of(study: description.plan.name, instance: instance),
                modelVersion: update.columnVersion)
        else {
            throw StorageError(
                .foreign,
                "the private study '\(description.plan.name)' plans no release of task '\(update.task)'")
        }
        return try store.withLock {
            try $0.charge(release, bytes: update.release, isResend: isResend, at: time)
        }
    }

    /// Says why an update of a task would be refused, before it is computed; nil where it would be charged.
    ///
    /// - Throws: As `LedgerStore.refuse`.
    package func refusal(
        ofTask task: TaskName, version: UInt64, instance: InstanceIdentifier, at time: Int64
    ) throws -> String? {
        guard
            let release = description.release(
                of: task, run: RunName.of(study: description.plan.name, instance: instance),
                modelVersion: version)
        else { return nil }
        return try store.withLock { try $0.refuse(release, at: time) }?.reason
    }

    /// Charges a score whose release bytes are on the disk, or says why it must not be shown.
    ///
    /// - Parameter isResend: Whether an earlier process may have charged these bytes: they are charged once.
    /// - Throws: As `LedgerStore.charge`. Nothing may be shown then.
    package func charge(
        _ score: Score, bytes: [UInt8], isResend: Bool, at time: Int64
    ) throws -> PrivacyLedger.Outcome {
        try store.withLock {
            try $0.charge(release(of: score), bytes: bytes, isResend: isResend, at: time)
        }
    }

    /// Says why a score would be refused, before its noise is drawn; nil where it would be charged.
    ///
    /// - Throws: As `LedgerStore.refuse`.
    package func refusal(of score: Score, at time: Int64) throws -> String? {
        try store.withLock { try $0.refuse(release(of: score), at: time) }?.reason
    }

    private func release(of score: Score) -> PrivateRelease {
        description.release(score.plan, of: score.task, run: score.run, modelVersion: score.version)
    }

    /// Keeps a head that the aggregator signed.
    ///
    /// - Throws: `LedgerError` `badSignature`, and `headMissing` for a ledger that was rolled back.
    package func acknowledge(_ head: CountersignedHead, by publicKey: [UInt8], at time: Int64) throws {
        try store.withLock { try $0.acknowledge(head, by: publicKey, at: time) }
    }
}
