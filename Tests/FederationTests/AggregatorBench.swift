internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import PrivacyLedger
internal import ReleaseEncoding
internal import Testing

/// One aggregator, spoken to by hand.
struct AggregatorBench {
    var machine: AggregatorMachine
    /// What was committed.
    private var state: AggregatorState
    let plan: StudyPlan
    var now = Duration.zero
    let connection = ConnectionIdentifier(1)
    let site = SiteName("site0")
    let task = TaskName("t0")

    init(_ adjust: (inout TestStudy) throws -> Void = { _ in }) throws {
        var study = TestStudy()
        try adjust(&study)
        plan = try study.plan(for: study.objectives())
        let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
        state = AggregatorState(
            instance: instance, dimension: plan.dimension, taskCount: plan.tasks.count)
        machine = try AggregatorMachine(plan: plan, state: state)
    }

    mutating func handle(_ event: AggregatorEvent) throws -> [AggregatorAction] {
        let actions = try machine.handle(event, at: now)
        for action in actions { if case .commit(let transaction) = action { state.apply(transaction) } }
        return actions
    }

    /// Ends the aggregator's process and starts another one from what was committed.
    ///
    /// - Parameter keys: The sites that have a key then.
    @discardableResult
    mutating func restart(keys: [String]) throws -> [AggregatorAction] {
        machine = try AggregatorMachine(plan: plan, state: state)
        return try handle(.keysListed(Set(keys.map { SiteName($0) }))) + handle(.clock)
    }

    /// Connects a site and joins with a task; a connection that is given again is a new one.
    mutating func join(_ site: String, task: String, _ connection: UInt64) throws -> ConnectionIdentifier {
        let connection = ConnectionIdentifier(connection)
        _ = try handle(.disconnected(connection))
        _ = try handle(.connected(connection, SiteName(site)))
        let answer = try messages(request(tasks: [task]), from: connection)
        guard case .welcome? = answer.first else {
            Issue.record("no welcome for \(site): \(answer)")
            return connection
        }
        return connection
    }

    /// The messages to `connection` that an event led to.
    mutating func messages(
        _ message: SiteMessage, from connection: ConnectionIdentifier? = nil
    ) throws -> [AggregatorMessage] {
        let connection = connection ?? self.connection
        return try handle(.received(connection, message)).compactMap {
            if case .send(connection, let message) = $0 { message } else { nil }
        }
    }

    mutating func refusal(_ message: SiteMessage) throws -> Federation.Refusal? {
        try messages(message).compactMap { if case .refusal(let refusal) = $0 { refusal } else { nil } }.first
    }

    func request(
        study: String = "test", digest: UInt8 = 7, tasks: [String] = ["t0", "t3"], dimension: Int? = nil,
        next: UInt64 = 0, head: LedgerHead? = nil
    ) -> SiteMessage {
        .join(
            JoinRequest(
                study: study, studyDigest: Array(repeating: digest, count: 32),
                tasks: tasks.map {
                    JoinRequest.Task(
                        name: TaskName($0), dimension: dimension ?? plan.dimension, nextSequence: next)
                }, ledgerHead: head))
    }

    /// Connects and joins site 0.
    mutating func join() throws {
        _ = try handle(.connected(connection, site))
        let answer = try messages(request())
        guard case .welcome = answer.first else {
            Issue.record("no welcome: \(answer)")
            return
        }
    }

    /// Reads the task's column and returns it with its decoded value.
    mutating func read(
        _ task: TaskName, reference: Reference? = nil, from connection: ConnectionIdentifier? = nil
    ) throws -> (Column, Reference) {
        let known = reference ?? Reference(dimension: plan.dimension)
        let answers = try messages(
            .read(ReadRequest(task: task, reference: known.hash)), from: connection)
        let column = try #require(
            answers.compactMap { if case .column(let column) = $0 { column } else { nil } }.first)
        return (
            column, try ReleaseCodec.decode(column.release, reference: known, dimension: plan.dimension)
        )
    }

    /// An update of `values` that answers `column`.
    func update(
        _ values: [Double], _ column: (Column, Reference), relativeTo reference: Reference? = nil,
        next: ReadRequest? = nil
    ) throws -> Update {
        let known = reference ?? Reference(dimension: values.count)
        let release = try ReleaseCodec.encode(values, relativeTo: known, encoding: .float64).release
        return Update(
            task: column.0.task, sequence: column.0.sequence, columnVersion: column.0.version,
            columnReference: column.1.hash, release: release, next: next)
    }
}
