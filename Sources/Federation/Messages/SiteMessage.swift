package import PrivacyLedger
package import ReleaseEncoding

/// What a site says to the aggregator.
package enum SiteMessage: Sendable, Equatable {
    case join(JoinRequest)
    case read(ReadRequest)
    case update(Update)
    case fetched(task: TaskName)
    /// The site gave the task up: nobody need wait for it. A later join that names it takes it up again.
    case abandoned(task: TaskName)
    /// The site will send no more updates of the task, whose privacy budget or number of releases is spent, and waits
    /// for the final column.
    case spent(task: TaskName)
    /// The newest record of the site's privacy ledger, to be counter-signed.
    case ledgerHead(LedgerHead)
}

/// The first message of every connection: which study, which tasks.
package struct JoinRequest: Sendable, Equatable {
    /// One task of the joining site.
    package struct Task: Sendable, Equatable {
        package var name: TaskName
        /// Features of the task's model, the intercept included.
        package var dimension: Int
        /// The lowest sequence number that the site has not used; 0 where it holds no state.
        package var nextSequence: UInt64
        /// Of the gradient of the task's weighted loss, only where the study chooses eta from it.
        package var lipschitzConstant: Double?

        package init(
            name: TaskName, dimension: Int, nextSequence: UInt64, lipschitzConstant: Double? = nil
        ) {
            self.name = name
            self.dimension = dimension
            self.nextSequence = nextSequence
            self.lipschitzConstant = lipschitzConstant
        }
    }

    package var study: String
    /// Hash of everything that both sides must agree on (32 bytes).
    package var studyDigest: [UInt8]
    package var tasks: [Task]
    /// The newest record of the site's privacy ledger, to be counter-signed; only, and always, where the study is
    /// private.
    package var ledgerHead: LedgerHead?

    package init(study: String, studyDigest: [UInt8], tasks: [Task], ledgerHead: LedgerHead? = nil) {
        self.study = study
        self.studyDigest = studyDigest
        self.tasks = tasks
        self.ledgerHead = ledgerHead
    }
}

/// Asks for a task's column.
package struct ReadRequest: Sendable, Equatable {
    package var task: TaskName
    /// The last column that the site decoded for this task, so that the answer may be a difference to it.
    package var reference: ReferenceHash

    package init(task: TaskName, reference: ReferenceHash) {
        self.task = task
        self.reference = reference
    }
}

/// One computed step of one task.
package struct Update: Sendable, Equatable {
    package var task: TaskName
    /// Per task, never reused.
    package var sequence: UInt64
    /// The version of the column that the step was computed from.
    package var columnVersion: UInt64
    /// The hash of that column as the site decoded it.
    package var columnReference: ReferenceHash
    /// The encoded, packed step: what is stored, hashed and resent.
    package var release: [UInt8]
    /// The task that the site computes next; its column comes with the answer.
    package var next: ReadRequest?
    /// The task's loss at the column, only where the study lets sites report it.
    package var loss: Double?

    package init(
        task: TaskName, sequence: UInt64, columnVersion: UInt64, columnReference: ReferenceHash,
        release: [UInt8], next: ReadRequest?, loss: Double? = nil
    ) {
        self.task = task
        self.sequence = sequence
        self.columnVersion = columnVersion
        self.columnReference = columnReference
        self.release = release
        self.next = next
        self.loss = loss
    }
}
