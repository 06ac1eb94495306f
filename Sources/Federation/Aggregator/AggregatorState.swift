package import LinearAlgebra

/// Everything of an aggregator that outlives its process.
package struct AggregatorState: Sendable {
    package var instance: InstanceIdentifier
    /// Updates applied.
    package var version: UInt64 = 0
    package var phase = StudyPhase.running
    /// In the order of the plan's tasks.
    package var tasks: [TaskRecord]
    /// The auxiliary matrix V, one column per task.
    package var auxiliary: Matrix

    /// Creates the state of a study that has not begun.
    package init(instance: InstanceIdentifier, dimension: Int, taskCount: Int) {
        self.instance = instance
        tasks = Array(repeating: TaskRecord(dimension: dimension), count: taskCount)
        auxiliary = Matrix(rowCount: dimension, columnCount: taskCount)
    }

    /// Applies what one event changed.
    package mutating func apply(_ transaction: Transaction) {
        version = transaction.version
        phase = transaction.phase
        if let record = transaction.record { tasks[record.index] = record.value }
        if let column = transaction.column { auxiliary.setColumn(column.index, to: column.value) }
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
    /// The barrier's timeout, under a study that ends then; the tasks that were absent.
    case absent([TaskName])
}

/// What one event changed in the durable state, to be committed as a whole.
package struct Transaction: Sendable {
    package var version: UInt64
    package var phase: StudyPhase
    package var record: (index: Int, value: TaskRecord)?
    package var column: (index: Int, value: [Double])?
    package var applied: AppliedUpdate?

    package init(
        version: UInt64, phase: StudyPhase, record: (index: Int, value: TaskRecord)? = nil,
        column: (index: Int, value: [Double])? = nil, applied: AppliedUpdate? = nil
    ) {
        self.version = version
        self.phase = phase
        self.record = record
        self.column = column
        self.applied = applied
    }
}

/// A line of the accepted-update log.
package struct AppliedUpdate: Sendable, Equatable {
    /// The version that the update made.
    package var version: UInt64
    package var task: TaskName
    package var sequence: UInt64
    package var staleness: UInt64
    /// Seconds between the column's issue and the update's arrival.
    package var delay: Double
    package var relaxation: Double
    /// |U - V|_F with each task's newest update.
    package var residual: Double
    package var releaseHash: [UInt8]
    package var releaseByteCount: Int
    /// The task's loss, where the study lets sites report it.
    package var loss: Double?
    /// When it was applied, on the clock that the events carry.
    package var time: Duration
}
