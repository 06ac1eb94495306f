package import Federation
package import PrivacyLedger
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
                PrivateRelease(
                    $0, noiseSource: noiseSource, run: run, task: LedgerName.escaped(task.rawValue),
                    modelVersion: modelVersion, dataset: dataset, configuration: configuration)
            }
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
            creating: location.ledger, dataset: DatasetCommitment.commit(to: digest, key: datasetKey),
            site: site.rawValue, policy: policy, key: key, at: time)
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
            opening: location.ledger, dataset: dataset(of: location), site: site.rawValue, key: key, at: time)
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
            opening: location.ledger, dataset: dataset, site: site.rawValue, key: key, at: time)
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
        description = Description(
            plan: plan, dataset: dataset, configuration: configuration, noiseSource: noiseSource)
        for task in plan.tasks(of: site) {
            guard let release = description.release(of: task, run: "-", modelVersion: 0),
                let refusal = store.refusal(of: release), refusal != .ceiling
            else { continue }
            throw StorageError(
                .foreign,
                "\(location.ledger): the study '\(plan.name)' cannot be taken part in: a release of task '\(task)' would "
                    + "be refused, as \(refusal.reason). Agree on other settings of privacy in the study, or change the "
                    + "policy and put it in force with: atoll-site --adopt-policy")
        }
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
                releaseCount: account.counts.values.reduce(0, +), epsilonMaximum: account.policy.epsilon,
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

    /// Keeps a head that the aggregator signed.
    ///
    /// - Throws: `LedgerError` `badSignature`, and `headMissing` for a ledger that was rolled back.
    package func acknowledge(_ head: CountersignedHead, by publicKey: [UInt8], at time: Int64) throws {
        try store.withLock { try $0.acknowledge(head, by: publicKey, at: time) }
    }
}
