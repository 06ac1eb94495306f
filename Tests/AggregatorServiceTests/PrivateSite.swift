internal import Federation
internal import Foundation
internal import Logging
internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import SiteStorage
internal import Sodium
internal import Storage
internal import TestSupport
internal import Testing

@testable internal import SiteAgent

/// A site of a private study with its journal and ledger on disk, whose exchange is fed by hand.
struct PrivateSite {
    static let site = SiteName("north")
    static let time: Int64 = 1_764_403_200_000

    let study: TestStudy
    let task: TaskName
    let folder: TemporaryFolder
    let policy: PrivacyPolicy

    /// Begins the ledger of a site.
    init(noise: Double = 20, epsilon: Double = 4, releases: Int = 30) throws {
        study = try TestStudy(
            settings: [
                "privacy={clipping_norm: 1, noise_multiplier: \(noise), declared_records: 20, releases: \(releases)}"
            ], tasksPerSite: 1)
        task = study.tasks(of: Self.site.rawValue)[0]
        folder = try TemporaryFolder()
        try folder.write("records\n", to: "records.csv")
        policy = try PrivacyPolicy(
            epsilon: epsilon, delta: 1e-5, relation: .addOrRemoveOne, unit: .record, mechanism: .gaussian,
            sampling: .all, smallestNoiseMultiplier: noise)
        try SiteLedger.begin(
            location(), site: Self.site, policy: policy, key: Self.key(), at: Self.time)
    }

    static func key() throws -> Ed25519.SigningKey {
        try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    }

    func location(in name: String = ".") -> SiteLedger.Location {
        SiteLedger.Location(
            ledger: folder.file("\(name)/ledger"), datasetKey: folder.file("\(name)/dataset.key"),
            files: [("a", folder.file("records.csv"))])
    }

    func ledger(in name: String = ".") throws -> SiteLedger {
        try SiteLedger(
            location(in: name), plan: study.plan, site: Self.site, policy: policy, key: Self.key(),
            noiseSource: .system, at: Self.time)
    }

    /// The exchange of a process that starts from what is in a folder.
    ///
    /// - Parameter charging: Told before each charge.
    func exchange(
        in name: String = ".", charging: @escaping @Sendable () -> Void = {}
    ) throws -> SiteExchange {
        let journal = try SiteJournal(
            folder: folder.file("\(name)/state"), plan: study.plan, site: Self.site, durability: .synced)
        return SiteExchange(
            machine: try SiteMachine(
                plan: study.plan, site: Self.site, tasks: [task], restored: journal.restored),
            tasks: try study.plan.localTasks(
                study.objectives(of: Self.site.rawValue), seed: 1, randomness: .operatingSystem),
            journal: journal,
            gate: .ledger(try ledger(in: name)) {
                charging()
                return Self.time
            },
            recorder: TestSiteRecorder(), logger: Logger(label: "north"))
    }

    static func instance() throws -> InstanceIdentifier {
        try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: InstanceIdentifier.byteCount)))
    }

    func welcome(nextSequence: UInt64) throws -> AggregatorMessage {
        .welcome(
            Welcome(instance: try Self.instance(), tasks: [.init(name: task, nextSequence: nextSequence)]))
    }

    func column(sequence: UInt64) throws -> AggregatorMessage {
        .column(
            Column(
                task: task, sequence: sequence, version: sequence,
                release: try ReleaseCodec.encodeFull([0, 0, 0, 0]).release))
    }

    func acceptance(of sequence: UInt64) -> AggregatorMessage {
        .acceptance(
            Acceptance(
                task: task, sequence: sequence, version: sequence + 1, staleness: 0, relaxation: 0.9))
    }

    /// Where the ledger's newest record is noted.
    static let newest = "dataset.key.head"

    /// Copies journal and ledger as they are on the disk, into a folder in this one.
    func copy(to name: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: folder.file("\(name)/state"), withIntermediateDirectories: true)
        for file in ["ledger", "dataset.key", Self.newest, "state/\(SiteJournal.name)"] {
            try files.copyItem(atPath: folder.file(file), toPath: folder.file("\(name)/\(file)"))
        }
    }

    /// Reads a ledger, and returns what it charges and what was refused, in order.
    func entries(
        in name: String = "."
    ) throws -> (
        charged: [LedgerHash], refused: [String], recoveredCount: Int
    ) {
        var charged: [LedgerHash] = []
        var refused: [String] = []
        var recoveredCount = 0
        var replay = LedgerReplay(check: .every, heads: [])
        try replay.read(contents(of: folder.file("\(name)/ledger"))) { entry, _ in
            switch entry.content {
            case .charged(_, let hash): charged.append(hash)
            case .refused(_, _, let refusal): refused.append(refusal.reason)
            case .recovered: recoveredCount += 1
            case .opened, .policyChanged, .acknowledged: break
            }
        }
        return (charged, refused, recoveredCount)
    }
}

extension SiteExchange.Step {
    /// The updates that leave.
    var updates: [Update] {
        messages.compactMap { if case .update(let update) = $0.message { update } else { nil } }
    }
}
