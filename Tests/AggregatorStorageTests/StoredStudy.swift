internal import AggregatorStorage
internal import Federation
internal import FoundationEssentials
internal import LinearAlgebra
internal import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import SeededRandom
internal import TestSupport
internal import Testing

/// A study whose sites send random updates, made from a seed: what it commits is for a store to keep.
struct StoredStudy {
    private struct Task {
        var sequence: UInt64 = 0
        var updates: Reference
        var columns: Reference
        var column: Column?
        var lastUpdate: Update?
    }

    let plan: StudyPlan
    private(set) var machine: AggregatorMachine
    /// The state after everything that was to be committed.
    private(set) var state: AggregatorState
    private(set) var random: SeededGenerator
    private var tasks: [Task]
    private var now = Duration.zero
    private var connections: [SiteName: ConnectionIdentifier] = [:]
    private var connectionCount: UInt64 = 0
    /// Positions of tasks that nothing is heard of.
    var silentTasks: Set<Int> = []

    static let instance = InstanceIdentifier(bytes: Array(repeating: 7, count: InstanceIdentifier.byteCount))

    static func plan(
        dimension: Int = 5, taskCount: Int = 6, encoding: VectorEncoding = .float32, name: String = "stored",
        digest: UInt8 = 7, maximumUpdateCount: UInt64 = 1_000_000,
        mode: StudyPlan.Mode = .asynchronous, taskNames: [String]? = nil, splitting: Splitting? = nil,
        relaxationPolicy: RelaxationPolicy = .amtlDynamicCapped, isPrivate: Bool = false
    ) throws -> StudyPlan {
        try StudyPlan(
            name: name, digest: Array(repeating: digest, count: 32), dimension: dimension,
            tasks: (0..<taskCount).map {
                StudyPlan.Task(name: TaskName(taskNames?[$0] ?? "t\($0)"), owner: SiteName("site\($0 % 2)"))
            },
            regularizer: Regularizer(.l21), lambda: 0.1,
            splitting: splitting ?? .backwardForward(BackwardForward(eta: 0.5)),
            relaxation: 0.7, relaxationPolicy: relaxationPolicy, mode: mode, encoding: encoding,
            normBound: 1e6,
            stoppingRule: StoppingRule(maximumUpdateCount: maximumUpdateCount, residualTolerance: nil),
            reportsLoss: !isPrivate,
            privacy: isPrivate
                ? PrivateStudy(
                    unit: .record, relation: .addOrRemoveOne, clippingNorm: 1, noiseMultiplier: 20,
                    samplingRate: 1, noise: .roundedGaussian,
                    declaredCounts: Dictionary(
                        uniqueKeysWithValues: (0..<taskCount).map {
                            (TaskName(taskNames?[$0] ?? "t\($0)"), 20)
                        }), maximumReleaseCount: 100_000, dimension: dimension) : nil)
    }

    init(_ plan: StudyPlan, seed: UInt64) throws {
        let instance = try #require(Self.instance)
        try self.init(
            plan, seed: seed,
            state: AggregatorState(
                instance: instance, dimension: plan.dimension, taskCount: plan.tasks.count))
    }

    init(_ plan: StudyPlan, seed: UInt64, state: AggregatorState) throws {
        self.plan = plan
        machine = try AggregatorMachine(plan: plan, state: state)
        self.state = state
        random = SeededGenerator(seed: seed)
        tasks = Array(
            repeating: Task(
                updates: Reference(dimension: plan.dimension), columns: Reference(dimension: plan.dimension)),
            count: plan.tasks.count)
        now = state.progress.elapsed
    }

    /// Lets a random thing happen and returns what is to be committed.
    mutating func step() throws -> [Transaction] {
        let index = random.integer(below: tasks.count)
        let site = plan.tasks[index].owner
        now += .milliseconds(random.integer(below: 40) + 1)
        guard let connection = connections[site] else { return try connect(site) }
        guard !silentTasks.contains(index) else { return [] }
        switch random.integer(below: 40) {
        case 0:
            connections[site] = nil
            return try handle(.disconnected(connection))
        case 1:
            return try handle(.received(connection, .abandoned(task: plan.tasks[index].name)))
        case 5:
            connections[site] = nil
            return try handle(.revoked(site))
        case 2:
            guard var update = tasks[index].lastUpdate else { return [] }
            update.next = nil
            return try handle(.received(connection, .update(update)))
        case 3:
            return try handle(.received(connection, .update(refusedUpdate(of: index))))
        case 4:
            return try handle(.traffic(bytesUp: 1_000, bytesDown: 2_000))
        default:
            return try update(index, connection)
        }
    }

    /// Steps until so many updates are applied; returns what each step committed.
    mutating func steps(toVersion version: UInt64) throws -> [[Transaction]] {
        var steps: [[Transaction]] = []
        while machine.version < version { steps.append(try step()) }
        return steps
    }

    private mutating func connect(_ site: SiteName) throws -> [Transaction] {
        connectionCount += 1
        let connection = ConnectionIdentifier(connectionCount)
        connections[site] = connection
        var transactions = try handle(.authorized(site)) + handle(.connected(connection, site))
        let own = plan.tasks.indices.filter { plan.tasks[$0].owner == site }
        for index in own { tasks[index].column = nil }
        // Now and then the site is ahead, as after the restore of an older state.
        let skipped: UInt64 = random.integer(below: 4) == 0 ? 3 : 0
        let request = JoinRequest(
            study: plan.name, studyDigest: plan.digest,
            tasks: own.map {
                JoinRequest.Task(
                    name: plan.tasks[$0].name, dimension: plan.dimension,
                    nextSequence: tasks[$0].sequence + 1 + skipped,
                    // Each join needs a smaller eta than the one before.
                    lipschitzConstant: plan.choosesEta ? Double(connectionCount) : nil)
            },
            ledgerHead: plan.isPrivate
                ? LedgerHead(ledger: .zero, sequence: connectionCount, hash: .zero) : nil)
        transactions += try handle(.received(connection, .join(request)))
        return transactions
    }

    private mutating func update(_ index: Int, _ connection: ConnectionIdentifier) throws -> [Transaction] {
        let name = plan.tasks[index].name
        var transactions: [Transaction] = []
        if tasks[index].column == nil {
            transactions += try handle(
                .received(
                    connection, .read(ReadRequest(task: name, reference: tasks[index].columns.hash))))
        }
        guard let column = tasks[index].column else { return transactions }
        let x = (0..<plan.dimension).map { _ in random.normal() }
        let held = state.tasks[index].updateReference
        let (release, next) = try ReleaseCodec.encode(x, relativeTo: held, encoding: plan.encoding)
        let update = Update(
            task: name, sequence: column.sequence, columnVersion: column.version,
            columnReference: tasks[index].columns.hash, release: release,
            next: ReadRequest(task: name, reference: tasks[index].columns.hash),
            loss: plan.reportsLoss ? random.uniform() : nil)
        tasks[index].column = nil
        tasks[index].updates = next
        tasks[index].sequence = update.sequence
        tasks[index].lastUpdate = update
        return try transactions + handle(.received(connection, .update(update)))
    }

    private func refusedUpdate(of index: Int) -> Update {
        Update(
            task: plan.tasks[index].name, sequence: 1 << 40, columnVersion: 0, columnReference: .none,
            release: [1, 2, 3], next: nil)
    }

    private mutating func handle(_ event: AggregatorEvent) throws -> [Transaction] {
        var transactions: [Transaction] = []
        for action in try machine.handle(event, at: now) {
            switch action {
            case .commit(let transaction):
                state.apply(transaction)
                transactions.append(transaction)
            case .send(_, .column(let column)):
                guard let index = plan.tasks.firstIndex(where: { $0.name == column.task }) else { continue }
                tasks[index].columns = try ReleaseCodec.decode(
                    column.release, reference: tasks[index].columns, dimension: plan.dimension)
                tasks[index].column = column
            default: break
            }
        }
        return transactions
    }
}

/// Opens a state folder with small bounds, unless told otherwise.
func openStore(
    _ folder: String, _ plan: StudyPlan, updateCount: UInt64 = 1_000_000, releaseByteCount: UInt64 = 1 << 28,
    _ place: ReleasePlacement = .database,
    busyTimeoutSeconds: Double = AggregatorStorageLimits.busyTimeoutSeconds,
    replayedUpdateCount: Int = AggregatorStorageLimits.replayedUpdateCount
) throws -> AggregatorStore {
    try AggregatorStore(
        folder: folder, plan: plan,
        retention: StateRetention(updateCount: updateCount, releaseByteCount: releaseByteCount),
        segments: place.sizes, busyTimeoutSeconds: busyTimeoutSeconds,
        replayedUpdateCount: replayedUpdateCount)
}

/// Opens a state for `body` and gives it up: a store that merely went out of scope may hold its lock a moment longer.
func withStore<Result: Sendable>(
    _ folder: String, _ plan: StudyPlan, _ place: ReleasePlacement = .database,
    _ body: (AggregatorStore) async throws -> Result
) async throws -> Result {
    let store = try openStore(folder, plan, place)
    do {
        let result = try await body(store)
        await store.close()
        return result
    } catch {
        await store.close()
        throw error
    }
}

/// What a state folder holds.
func loadState(
    _ folder: String, _ plan: StudyPlan, _ place: ReleasePlacement = .database
) async throws -> AggregatorState? {
    try await withStore(folder, plan, place) { try await $0.load() }
}

/// Where the short releases of these tests stand.
enum ReleasePlacement: CaseIterable {
    case database
    case segments

    /// Bytes of a segment: a few releases.
    static let segmentByteCount = 400

    var sizes: SegmentSizes {
        self == .database
            ? SegmentSizes()
            : SegmentSizes(smallestReleaseByteCount: 1, segmentByteCount: Self.segmentByteCount)
    }
}

/// The names of the segments in a state folder, oldest first.
func segments(in folder: String) throws -> [String] {
    let prefix = "aggregator.sqlite-releases"
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(prefix) }
        .sorted { (Int($0.dropFirst(prefix.count)) ?? 0) < (Int($1.dropFirst(prefix.count)) ?? 0) }
}

/// Copies what is on the disk, as a process that is killed leaves it.
func copyOfState(_ folder: String, into parent: TemporaryFolder, _ name: String) throws -> String {
    let target = parent.file(name)
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for file in try ["aggregator.sqlite", "aggregator.sqlite-wal"] + segments(in: folder) {
        let source = folder + "/" + file
        guard FileManager.default.fileExists(atPath: source) else { continue }
        try FileManager.default.copyItem(atPath: source, toPath: target + "/" + file)
    }
    return target
}

/// Compares bit for bit.
func expectEqual(_ stored: AggregatorState?, _ expected: AggregatorState, _ comment: Comment) throws {
    let stored = try #require(stored, comment)
    #expect(stored.instance == expected.instance, comment)
    #expect(stored.progress == expected.progress, comment)
    #expect(stored.tasks == expected.tasks, comment)
    #expect(stored.hasKey == expected.hasKey, comment)
    let bits = stored.auxiliary.elements.map(\.bitPattern)
    #expect(bits == expected.auxiliary.elements.map(\.bitPattern), comment)
}
