internal import AggregatorService
internal import AggregatorStorage
internal import Federation
internal import FoundationEssentials
internal import InMemoryLogging
internal import Logging
internal import PrivacyLedger
internal import ReleaseEncoding
internal import SeededRandom
internal import Sodium
internal import TestSupport
internal import Testing

/// A private study's state and receipts in a folder: releases are committed as the service does it, without its sockets.
struct PrivateBench {
    let study: TestStudy
    let folder: TemporaryFolder
    let log = InMemoryLogHandler()
    private(set) var store: AggregatorStore
    private var machine: AggregatorMachine
    private var random: SeededGenerator
    private let retention: StateRetention
    /// What was opened, by site and in order.
    private(set) var opened: [SiteName: [Receipt]] = [:]
    private var connections: [SiteName: ConnectionIdentifier] = [:]
    private var now = Duration.zero

    init(updateCount: UInt64 = 100_000, seed: UInt64) async throws {
        study = try TestStudy(isPrivate: true)
        folder = try TemporaryFolder()
        random = SeededGenerator(seed: seed)
        retention = StateRetention(updateCount: updateCount, releaseByteCount: 1 << 20)
        store = try AggregatorStore(
            folder: folder.file("state"), plan: study.plan, retention: retention)
        machine = try AggregatorMachine(plan: study.plan, state: try await store.begin().state)
        try FileManager.default.createDirectory(
            atPath: folder.file("receipts"), withIntermediateDirectories: true)
    }

    static func key(_ number: UInt8 = 1) throws -> Ed25519.SigningKey {
        try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }

    /// Ends the process and starts another one on the same folders.
    mutating func restart() async throws {
        await store.close()
        store = try AggregatorStore(
            folder: folder.file("state"), plan: study.plan, retention: retention)
        machine = try AggregatorMachine(plan: study.plan, state: try await store.begin().state)
        now = machine.progress.elapsed
        connections = [:]
    }

    /// The receipts of this process; `open` comes next.
    func keeper(instance: InstanceIdentifier? = nil) throws -> ReceiptKeeper {
        ReceiptKeeper(
            folder: folder.file("receipts"), plan: study.plan, instance: instance ?? machine.instance,
            key: try Self.key(), store: store, logger: Logger(label: "receipts") { [log] _ in log })
    }

    /// Commits so many releases of random sites, some of them refused.
    mutating func release(_ count: Int) async throws {
        for _ in 0..<count {
            let task = study.plan.tasks[random.integer(below: study.plan.tasks.count)]
            now += .milliseconds(1)
            if random.integer(below: 4) == 0 { try await refuse(task) } else { try await accept(task) }
        }
    }

    private mutating func accept(_ task: StudyPlan.Task) async throws {
        let connection = try await connection(of: task.owner)
        let answers = try await handle(
            .received(connection, .read(ReadRequest(task: task.name, reference: .none))))
        let column = try #require(
            answers.compactMap { if case .column(let column) = $0 { column } else { nil } }.first)
        let decoded = try ReleaseCodec.decode(
            column.release, reference: Reference(dimension: study.plan.dimension),
            dimension: study.plan.dimension)
        let release = ProtocolPeer.release((0..<study.plan.dimension).map { _ in random.normal() })
        _ = try await handle(
            .received(
                connection,
                .update(
                    Update(
                        task: task.name, sequence: column.sequence, columnVersion: column.version,
                        columnReference: decoded.hash, release: release, next: nil))))
        opened[task.owner, default: []].append(
            Receipt(release: LedgerHash(ofRelease: release), outcome: .accepted))
    }

    private mutating func refuse(_ task: StudyPlan.Task) async throws {
        let connection = try await connection(of: task.owner)
        // Some are the same bytes as before.
        let release = [UInt8(random.integer(below: 3))]
        _ = try await handle(
            .received(
                connection,
                .update(
                    Update(
                        task: task.name, sequence: 1 << 40, columnVersion: 0, columnReference: .none,
                        release: release, next: nil))))
        opened[task.owner, default: []].append(
            Receipt(release: LedgerHash(ofRelease: release), outcome: .refused))
    }

    private mutating func connection(of site: SiteName) async throws -> ConnectionIdentifier {
        if let connection = connections[site] { return connection }
        let connection = ConnectionIdentifier(UInt64(connections.count + 1))
        connections[site] = connection
        _ = try await handle(.connected(connection, site))
        let request = JoinRequest(
            study: study.plan.name, studyDigest: study.plan.digest,
            tasks: study.plan.tasks(of: site).map {
                .init(name: $0, dimension: study.plan.dimension, nextSequence: 0)
            }, ledgerHead: LedgerHead(ledger: .zero, sequence: 0, hash: .zero))
        _ = try await handle(.received(connection, .join(request)))
        return connection
    }

    private mutating func handle(_ event: AggregatorEvent) async throws -> [AggregatorMessage] {
        var transactions: [Transaction] = []
        var messages: [AggregatorMessage] = []
        for action in try machine.handle(event, at: now) {
            switch action {
            case .commit(let transaction): transactions.append(transaction)
            case .send(_, let message): messages.append(message)
            default: break
            }
        }
        try await store.commit(transactions)
        return messages
    }

    func path(of site: SiteName) -> String { folder.file("receipts/\(site).receipts") }

    func bytes(of site: SiteName) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(of: site))))
    }

    /// What an auditor reads of a site.
    func receipts(of site: SiteName) throws -> [Receipt] {
        var replay = ReceiptReplay(publicKey: try Self.key().publicKey)
        var receipts: [Receipt] = []
        try replay.read(try bytes(of: site)) { entry in
            if case .receipts(let part) = entry.content { receipts += part }
        }
        try replay.finish()
        #expect(replay.site == site.rawValue)
        return receipts
    }

    /// Checks that the books hold each release once, in its kind's order.
    func expectWhole(_ comment: Comment) throws {
        for (site, opened) in opened {
            let receipts = try receipts(of: site)
            for outcome in Receipt.Outcome.allCases {
                #expect(
                    receipts.filter { $0.outcome == outcome } == opened.filter { $0.outcome == outcome },
                    "\(comment), \(site), \(outcome)")
            }
        }
    }
}
