package import PrivacyLedger

/// What the aggregator says to a site.
package enum AggregatorMessage: Sendable, Equatable {
    case welcome(Welcome)
    case acceptance(Acceptance)
    case column(Column)
    case final(FinalColumn)
    /// The aggregator knows that the site holds the task's final column; the site may leave.
    case released(task: TaskName)
    case refusal(Refusal)
    /// The aggregator signed a head of the site's privacy ledger, and keeps it.
    case headSigned(CountersignedHead)
}

/// The answer to a join.
package struct Welcome: Sendable, Equatable {
    /// What the aggregator expects of one task.
    package struct Task: Sendable, Equatable {
        package var name: TaskName
        /// The sequence number of the task's next update.
        package var nextSequence: UInt64
        /// Whether the number is the site's own, which was ahead: what the aggregator holds of the task is older than
        /// what the site knows of it, as after the restore of a backup.
        package var isNumberTaken: Bool
        /// Whether a synchronous round waits for the task, so that a read of it is answered at once.
        package var isAwaited: Bool

        package init(
            name: TaskName, nextSequence: UInt64, isNumberTaken: Bool = false, isAwaited: Bool = false
        ) {
            self.name = name
            self.nextSequence = nextSequence
            self.isNumberTaken = isNumberTaken
            self.isAwaited = isAwaited
        }
    }

    package var instance: InstanceIdentifier
    package var tasks: [Task]

    package init(instance: InstanceIdentifier, tasks: [Task]) {
        self.instance = instance
        self.tasks = tasks
    }
}

/// Says that an update was applied and is durable.
package struct Acceptance: Sendable, Equatable {
    package var task: TaskName
    package var sequence: UInt64
    /// Updates applied to the study, this one included.
    package var version: UInt64
    /// Versions applied between the moment the update's column was computed and its arrival.
    package var staleness: UInt64
    /// The Krasnosel'skii-Mann factor that the step was taken with.
    package var relaxation: Double

    package init(task: TaskName, sequence: UInt64, version: UInt64, staleness: UInt64, relaxation: Double) {
        self.task = task
        self.sequence = sequence
        self.version = version
        self.staleness = staleness
        self.relaxation = relaxation
    }
}

/// A column to compute the task's next update from: p, or r = 2 p - v_t under Douglas-Rachford.
package struct Column: Sendable, Equatable {
    /// The scale of the site's step, Douglas-Rachford's gamma or a chosen eta, and how many changes made it.
    package struct Gamma: Sendable, Equatable {
        package var value: Double
        package var epoch: UInt64

        package init(value: Double, epoch: UInt64) {
            self.value = value
            self.epoch = epoch
        }
    }

    package var task: TaskName
    /// The sequence number that the update computed from this column must carry.
    package var sequence: UInt64
    /// The version that the column was computed at.
    package var version: UInt64
    /// The encoded column.
    package var release: [UInt8]
    /// Only where ``StudyPlan/sendsScale``.
    package var gamma: Gamma?

    package init(
        task: TaskName, sequence: UInt64, version: UInt64, release: [UInt8], gamma: Gamma? = nil
    ) {
        self.task = task
        self.sequence = sequence
        self.version = version
        self.release = release
        self.gamma = gamma
    }
}

/// The finished study's model of one task.
package struct FinalColumn: Sendable, Equatable {
    package var task: TaskName
    package var version: UInt64
    /// The encoded full value, exact.
    package var release: [UInt8]

    package init(task: TaskName, version: UInt64, release: [UInt8]) {
        self.task = task
        self.version = version
        self.release = release
    }
}
