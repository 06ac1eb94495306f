internal import Federation
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import SeededRandom

/// Sites whose steps are random, drawn from a seed, around the aggregator's real machine: what it commits is for a store
/// to keep.
struct SeededSites {
    private static let tasksPerSite = 50
    /// Study time between two updates.
    private static let interval = Duration.milliseconds(1)

    private var machine: AggregatorMachine
    private let plan: StudyPlan
    private var random: SeededGenerator
    private var now = Duration.zero

    init(_ plan: StudyPlan, state: AggregatorState, seed: UInt64) throws {
        self.plan = plan
        machine = try AggregatorMachine(plan: plan, state: state)
        random = SeededGenerator(seed: seed)
    }

    var version: UInt64 { machine.version }

    /// A study of so many rows and tasks; whatever couples them, it is the same study to a store.
    static func plan(
        dimension: Int, taskCount: Int, regularizer: RegularizerKind
    ) throws -> StudyPlan {
        try StudyPlan(
            name: "state", digest: Array(repeating: 7, count: 32), dimension: dimension,
            tasks: (0..<taskCount).map {
                StudyPlan.Task(name: TaskName("task-\($0)"), owner: site(ofTask: $0))
            },
            regularizer: Regularizer(regularizer), lambda: 1e-3,
            splitting: .backwardForward(BackwardForward(eta: 0.5)),
            relaxation: 0.9, relaxationPolicy: .constant, mode: .asynchronous, encoding: .float32,
            normBound: 1e6,
            stoppingRule: StoppingRule(maximumUpdateCount: 1_000_000_000, residualTolerance: nil))
    }

    private static func site(ofTask index: Int) -> SiteName { SiteName("site-\(index / tasksPerSite)") }

    private static func connection(ofTask index: Int) -> ConnectionIdentifier {
        ConnectionIdentifier(UInt64(index / tasksPerSite + 1))
    }

    /// Every site joins and reads the column of each of its tasks.
    mutating func join() throws -> [Transaction] {
        var transactions: [Transaction] = []
        for first in stride(from: 0, to: plan.tasks.count, by: Self.tasksPerSite) {
            let connection = Self.connection(ofTask: first)
            let names = plan.tasks(of: Self.site(ofTask: first))
            transactions += try handle(.connected(connection, Self.site(ofTask: first)))
            let request = JoinRequest(
                study: plan.name, studyDigest: plan.digest,
                tasks: names.map {
                    JoinRequest.Task(name: $0, dimension: plan.dimension, nextSequence: 0)
                })
            transactions += try handle(.received(connection, .join(request)))
            for name in names {
                transactions += try handle(
                    .received(connection, .read(ReadRequest(task: name, reference: .none))))
            }
        }
        return transactions
    }

    /// So many updates of random tasks, each with the column that answers it.
    mutating func updates(_ count: Int) throws -> [Transaction] {
        var transactions: [Transaction] = []
        for _ in 0..<count {
            now += Self.interval
            transactions += try update(random.integer(below: plan.tasks.count))
        }
        return transactions
    }

    private mutating func update(_ index: Int) throws -> [Transaction] {
        let held = machine.state.tasks[index].updateReference
        guard let issued = machine.state.tasks[index].issued else {
            throw StateBenchmarkError("task \(index) has no column to answer")
        }
        let x = (0..<plan.dimension).map { _ in random.uniform() }
        let release = try ReleaseCodec.encode(x, relativeTo: held, encoding: plan.encoding).release
        let name = plan.tasks[index].name
        return try handle(
            .received(
                Self.connection(ofTask: index),
                .update(
                    Update(
                        task: name, sequence: issued.sequence, columnVersion: issued.version,
                        columnReference: issued.reference, release: release,
                        next: ReadRequest(task: name, reference: issued.reference)))))
    }

    private mutating func handle(_ event: AggregatorEvent) throws -> [Transaction] {
        try machine.handle(event, at: now).compactMap {
            if case .commit(let transaction) = $0 { transaction } else { nil }
        }
    }
}
