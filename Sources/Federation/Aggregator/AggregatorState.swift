package import LinearAlgebra

/// Everything of an aggregator that outlives its process.
package struct AggregatorState: Sendable {
    package var instance: InstanceIdentifier
    package var progress = StudyProgress()
    /// In the order of the plan's tasks.
    package var tasks: [TaskRecord]
    /// The auxiliary matrix V, one column per task.
    package var auxiliary: Matrix
    /// Sites that have a key, or had one: whether they have it now.
    ///
    /// One that never had a key is absent, and waited for.
    package var hasKey: [SiteName: Bool] = [:]

    /// Creates the state of a study that has not begun.
    package init(instance: InstanceIdentifier, dimension: Int, taskCount: Int) {
        self.instance = instance
        tasks = Array(repeating: TaskRecord(dimension: dimension), count: taskCount)
        auxiliary = Matrix(rowCount: dimension, columnCount: taskCount)
    }

    /// Creates a state from what was stored.
    package init(
        instance: InstanceIdentifier, progress: StudyProgress, tasks: [TaskRecord], auxiliary: Matrix,
        hasKey: [SiteName: Bool]
    ) {
        self.instance = instance
        self.progress = progress
        self.tasks = tasks
        self.auxiliary = auxiliary
        self.hasKey = hasKey
    }

    /// Updates applied.
    package var version: UInt64 { progress.version }

    package var phase: StudyPhase { progress.phase }

    /// Applies what one event changed.
    package mutating func apply(_ transaction: Transaction) {
        progress = transaction.progress
        if let record = transaction.record { tasks[record.index] = record.value }
        if let column = transaction.column { auxiliary.setColumn(column.index, to: column.value) }
        if let key = transaction.key { hasKey[key.site] = key.isPresent }
        if case .rescaled(let rescaled, _) = transaction.methodChange { auxiliary = rescaled }
    }
}

/// How far a study has come.
package enum StudyPhase: Sendable, Equatable {
    case running
    /// The result stands; final columns are served.
    case finished(StopReason)
    /// The run ended without a result.
    case ended(StopReason)
}

/// Why a study stopped.
package enum StopReason: Sendable, Equatable {
    /// The relative fixed-point residual is within the tolerance, every task heard since.
    case residual
    /// The cap on updates.
    case updateCount
    /// The operator's word.
    case operatorRequest
    /// No task has updates to come, and at least one of them because its budget or number of releases is spent.
    case budgetsSpent
    /// The barrier's timeout, under a study that ends then; the tasks that were absent.
    case absent([TaskName])
}

/// What the choice of gamma or eta changed beside its numbers in ``MethodProgress``.
package enum MethodChange: Sendable {
    /// The snapshot.
    case snapshot
    /// The snapshot, perhaps, and all of V, after the column of the same transaction; the tasks' records with it.
    case rescaled(Matrix, records: [TaskRecord])
}

/// What one event changed in the durable state, to be committed as a whole.
package struct Transaction: Sendable {
    package var progress: StudyProgress
    package var record: (index: Int, value: TaskRecord)?
    package var column: (index: Int, value: [Double])?
    package var applied: AppliedUpdate?
    package var refused: RefusedRelease?
    /// Whether a site has a key from now on.
    package var key: (site: SiteName, isPresent: Bool)?
    package var methodChange: MethodChange?

    package init(
        progress: StudyProgress, record: (index: Int, value: TaskRecord)? = nil,
        column: (index: Int, value: [Double])? = nil, applied: AppliedUpdate? = nil,
        refused: RefusedRelease? = nil, key: (site: SiteName, isPresent: Bool)? = nil,
        methodChange: MethodChange? = nil
    ) {
        self.progress = progress
        self.record = record
        self.column = column
        self.applied = applied
        self.refused = refused
        self.key = key
        self.methodChange = methodChange
    }
}
