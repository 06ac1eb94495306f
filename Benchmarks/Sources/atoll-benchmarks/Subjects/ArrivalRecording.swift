internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// A run of the services' own state machines, one site a task, that tells what each update did to V.
///
/// One update arrives at a time, of a task drawn uniformly, and is computed from the column of that moment, as in
/// `atoll simulate` without delays: an update's read is parted from it, and delivered when its task is drawn. What is
/// told is what the aggregator asks to be committed.
struct ArrivalRecording {
    /// One update.
    struct Arrival {
        let task: Int
        /// The task's new column of V, d numbers.
        let column: [Double]
        /// |Y - P| after it, over each task's newest answer.
        let residual: Double
        /// gamma after it, and how many changes made it.
        let gamma: Double
        let gammaEpoch: UInt64
    }

    private struct Site {
        let connection: ConnectionIdentifier
        var machine: SiteMachine
        /// Sent by the site, and held until its task is drawn.
        var read: SiteMessage?
    }

    private let plan: StudyPlan
    private let answer: (_ task: Int, _ point: [Double], _ gamma: Double) throws -> [Double]
    private var random: SeededGenerator
    private var now = Duration.zero
    private var aggregator: AggregatorMachine
    /// In the order of the plan's tasks.
    private var sites: [Site] = []
    /// What the update that is under way did.
    private var arrival: Arrival?
    /// The task whose column is asked next, and answered.
    private(set) var nextTask: Int

    /// Creates a federation whose sites have joined, with V = 0.
    ///
    /// - Parameter plan: Of the problem; every task has a site of its own.
    init(_ problem: ProximalRunProblem, plan: StudyPlan, seed: UInt64) throws {
        let bytes = [UInt8](repeating: 1, count: InstanceIdentifier.byteCount)
        guard let instance = InstanceIdentifier(bytes: bytes) else {
            throw BenchmarkError("an instance identifier has \(bytes.count) bytes")
        }
        self.plan = plan
        answer = problem.answer
        random = SeededGenerator(seed: seed)
        aggregator = try AggregatorMachine(
            plan: plan,
            state: AggregatorState(
                instance: instance, dimension: plan.dimension, taskCount: plan.tasks.count))
        nextTask = random.integer(below: plan.tasks.count)
        for (index, task) in plan.tasks.enumerated() {
            let connection = ConnectionIdentifier(UInt64(index + 1))
            sites.append(
                Site(
                    connection: connection,
                    machine: try SiteMachine(plan: plan, site: task.owner, tasks: [task.name])))
            try act(on: .connected(connection, task.owner), of: index)
            try act(.connected, of: index)
        }
    }

    /// Lets the next task read, compute and send; returns what its update did.
    ///
    /// - Throws: ``BenchmarkError`` where the update was not applied.
    mutating func advance() throws -> Arrival {
        let index = nextTask
        guard let read = sites[index].read.take() else {
            throw BenchmarkError("task '\(plan.tasks[index].name)' was given up by its site")
        }
        now += .seconds(1)
        arrival = nil
        try act(on: .received(sites[index].connection, read), of: index)
        guard let update = arrival else {
            throw BenchmarkError("an update of task '\(plan.tasks[index].name)' was not applied")
        }
        nextTask = random.integer(below: sites.count)
        return update
    }

    /// Returns the model, d x T.
    mutating func model() throws -> Matrix { try aggregator.model() }

    /// Hands an event to the aggregator, and what it answers to the site.
    private mutating func act(on event: AggregatorEvent, of index: Int) throws {
        for action in try aggregator.handle(event, at: now) {
            switch action {
            case .commit(let transaction):
                record(transaction)
            case .send(_, .refusal(let refusal)):
                throw BenchmarkError("the aggregator refused a message: \(refusal.message)")
            case .send(let connection, let message):
                if connection == sites[index].connection { try act(.received(message), of: index) }
            case .close, .countersign, .note, .done:
                break
            }
        }
    }

    private mutating func record(_ transaction: Transaction) {
        guard let column = transaction.column, let applied = transaction.applied,
            let gamma = transaction.progress.method.gamma
        else { return }
        arrival = Arrival(
            task: column.index, column: column.value, residual: applied.residual, gamma: gamma.gamma,
            gammaEpoch: gamma.gammaEpoch)
    }

    /// Hands an event to a site, and what it sends to the aggregator.
    private mutating func act(_ event: SiteEvent, of index: Int) throws {
        for action in sites[index].machine.handle(event) {
            switch action {
            case .compute(let task, let column, let gamma):
                guard let gamma else {
                    throw BenchmarkError("a column of task '\(task)' came without gamma")
                }
                let step = LocalStep(update: try answer(index, column, gamma), loss: 0)
                try act(.computed(task: task, step: step), of: index)
            case .send(.update(var update)):
                sites[index].read = update.next.map { .read($0) }
                update.next = nil
                try act(on: .received(sites[index].connection, .update(update)), of: index)
            case .send(.read(let request)):
                sites[index].read = .read(request)
            case .send(let message):
                try act(on: .received(sites[index].connection, message), of: index)
            case .persist, .accepted, .keep, .reconnect, .note, .done:
                break
            }
        }
    }
}
