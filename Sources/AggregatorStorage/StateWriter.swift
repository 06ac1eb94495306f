internal import Federation
internal import GRDB
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding

/// Writes changes into the database, inside a transaction of its caller's.
struct StateWriter: Sendable {
    let plan: StudyPlan
    let taskIndices: [TaskName: Int]
    let retention: StateRetention
    let folder: String
    /// After so many updates since a task's checkpoint it is written anew.
    let replayedUpdateCount: Int
    /// A task whose replay begins so many versions back gets a checkpoint.
    let replayWindow: UInt64
    private var segments: ReleaseSegments
    private var bookkeeping: StateBookkeeping
    /// In a private study, what is in the sites' books of receipts: rows after it are not removed.
    var receiptsKept: ReceiptPlace?
    /// Whether there are segments that no row names any more.
    private(set) var hasObsoleteSegments = false

    init(
        plan: StudyPlan, retention: StateRetention, folder: String, segments: ReleaseSegments,
        replayedUpdateCount: Int, replayWindow: UInt64
    ) {
        self.plan = plan
        self.retention = retention
        self.folder = folder
        self.segments = segments
        self.replayedUpdateCount = replayedUpdateCount
        self.replayWindow = replayWindow
        taskIndices = Dictionary(
            uniqueKeysWithValues: plan.tasks.enumerated().map { ($0.element.name, $0.offset) })
        bookkeeping = StateBookkeeping(taskCount: plan.tasks.count)
        receiptsKept = plan.isPrivate ? ReceiptPlace() : nil
    }

    /// Returns what is stored, and goes on from there; nil where no study has begun.
    mutating func load(from database: Database) throws -> AggregatorState? {
        var reader = reader(of: database)
        guard let (state, bookkeeping) = try reader.read() else { return nil }
        self.bookkeeping = bookkeeping
        segments = reader.segments
        // A process that was killed may have begun one that no commit names.
        hasObsoleteSegments = true
        try removeObsoleteSegments()
        return state
    }

    /// What reads the same state.
    func reader(of database: Database) -> StateReader {
        StateReader(database: database, plan: plan, folder: folder, segments: segments)
    }

    /// Removes the files of segments that no row names.
    mutating func removeObsoleteSegments() throws {
        guard hasObsoleteSegments else { return }
        let last = segments.current
        try segments.removeAll(except: min(bookkeeping.firstSegment ?? last, last)...last)
        hasObsoleteSegments = false
    }

    /// Writes a state that no commit has changed yet.
    mutating func create(_ state: AggregatorState, in database: Database) throws {
        try write(StudyRow.row(plan: plan, instance: state.instance), in: database)
        for (position, record) in state.tasks.enumerated() {
            try write(
                TaskRow.row(position: position, name: plan.tasks[position].name, record: record), in: database
            )
        }
        for (site, isPresent) in state.hasKey {
            try write(SiteKeyRow.row(site, isPresent: isPresent), in: database)
        }
        try writeProgress(state.progress, in: database)
    }

    /// Writes transactions in order.
    mutating func write(_ transactions: [Transaction], in database: Database) throws {
        // The disk takes the large releases while their rows are made; it has them before there are such rows.
        let places = try transactions.map { transaction in
            try transaction.applied.flatMap {
                segments.takes(byteCount: $0.release.count) ? try segments.append($0.release) : nil
            }
        }
        segments.beginSynchronizing()
        let rows = Result { try writeRows(of: transactions, places: places, in: database) }
        try segments.finishSynchronizing()
        try rows.get()
    }

    private mutating func writeRows(
        of transactions: [Transaction], places: [ReleasePlace?], in database: Database
    ) throws {
        var records: [Int: TaskRecord] = [:]
        var appliedCount: UInt64 = 0
        var receiptCount: UInt64 = 0
        for (transaction, place) in zip(transactions, places) {
            // A task's last record is the one that counts.
            if let record = transaction.record { records[record.index] = record.value }
            if let update = transaction.applied {
                try write(update, of: transaction, at: place, in: database)
                appliedCount += 1
            }
            if let change = transaction.methodChange {
                try write(change, snapshot: transaction.progress.method.gamma?.snapshot, in: database)
            }
            if let refused = transaction.refused {
                try write(RefusedRow.row(refused, identifier: bookkeeping.nextReceipt), in: database)
                bookkeeping.nextReceipt += 1
                receiptCount += 1
            }
            if let key = transaction.key {
                try write(SiteKeyRow.row(key.site, isPresent: key.isPresent), in: database)
            }
        }
        for (position, record) in records.sorted(by: { $0.key < $1.key }) {
            try write(
                TaskRow.row(position: position, name: plan.tasks[position].name, record: record), in: database
            )
            if plan.dependsOnMethodProgress {
                try write(TaskMethodRow.row(position: position, record: record), in: database)
            }
        }
        guard let progress = transactions.last?.progress else { return }
        try prune(
            newest: progress.version, appliedCount: appliedCount, receiptCount: receiptCount, in: database)
        try writeProgress(progress, in: database)
    }

    /// - Parameter place: Where the release is; nil where it goes into the database.
    private mutating func write(
        _ update: AppliedUpdate, of transaction: Transaction, at place: ReleasePlace?, in database: Database
    ) throws {
        guard let task = taskIndices[update.task], let record = transaction.record, record.index == task,
            let column = transaction.column, column.index == task
        else {
            throw AggregatorStorageError(
                .failed, "the update of version \(update.version) came without its task's record and column")
        }
        try write(AcceptedRow.row(update, task: task), in: database)
        try writeRelease(of: update, at: place, in: database)
        bookkeeping.keptReleaseByteCount += UInt64(update.releaseByteCount)
        bookkeeping.add(update, task: task)

        let pending = bookkeeping.pending[task]
        let checkpointByteCount = 2 * plan.dimension * MemoryLayout<Double>.size
        if pending.byteCount > AggregatorStorageLimits.replayedByteRatio * checkpointByteCount
            || pending.versions.count >= replayedUpdateCount || !isReplayable
        {
            try write(
                TaskCheckpoint(
                    task: task, version: update.version, auxiliary: column.value,
                    updateReference: record.value.updateReference), in: database)
        }
        if update.version > replayWindow {
            try checkpointTask(replayedFrom: update.version - replayWindow, in: database)
        }
    }

    private mutating func writeRelease(
        of update: AppliedUpdate, at place: ReleasePlace?, in database: Database
    ) throws {
        if let place {
            try place.insert(for: update.version, in: database)
            bookkeeping.firstSegment = bookkeeping.firstSegment ?? place.segment
        } else {
            var values = SQLValues(byteCount: update.release.count + 32)
            values.append(update.version)
            values.append(update.release)
            try database.run("INSERT INTO accepted_release (version, bytes) VALUES (?, ?)", values)
        }
    }

    /// Whether an update's release leads from one column to the next; a Douglas-Rachford step needs p as well, which
    /// the log does not hold.
    private var isReplayable: Bool {
        if case .backwardForward = plan.splitting { true } else { false }
    }

    /// Writes the snapshot, and where V was rescaled all of it.
    private mutating func write(
        _ change: MethodChange, snapshot: GammaRule.State.Snapshot?, in database: Database
    ) throws {
        if let snapshot {
            try write(GammaSnapshotRow.row(snapshot), in: database)
        } else {
            try database.execute(sql: "DELETE FROM \(StateTable.gammaSnapshot.name)")
        }
        guard case .rescaled(let auxiliary, let records) = change else { return }
        for (task, record) in records.enumerated() {
            try write(
                TaskCheckpoint(
                    task: task, version: record.lastVersion, auxiliary: auxiliary.column(task),
                    updateReference: record.updateReference), in: database)
        }
    }

    private mutating func write(_ checkpoint: TaskCheckpoint, in database: Database) throws {
        try write(checkpoint.row, in: database)
        bookkeeping.checkpointed(checkpoint.task)
    }

    /// Writes the checkpoint of the task whose replay begins with `version`, if there is one.
    private mutating func checkpointTask(replayedFrom version: UInt64, in database: Database) throws {
        guard let task = bookkeeping.task(replayedFrom: version) else { return }
        var reader = reader(of: database)
        try write(
            try reader.checkpoint(of: task, replaying: bookkeeping.pending[task].versions), in: database)
    }

    /// Sets how many rows of sites count as removed.
    mutating func setRemovedReceipts(_ counts: [SiteName: ReceiptCounts], in database: Database) throws {
        for (site, removed) in counts {
            bookkeeping.removedReceipts[site] = removed
            try write(RemovedReceiptsRow.row(site, removed), in: database)
        }
    }

    private func writeProgress(_ progress: StudyProgress, in database: Database) throws {
        let row = ProgressRow(
            progress: progress, keptReleaseByteCount: bookkeeping.keptReleaseByteCount)
        try write(row.row(plan: plan), in: database)
        if plan.dependsOnMethodProgress { try write(MethodRow.row(progress.method), in: database) }
    }

    private func write(_ row: consuming EncodedRow, in database: Database) throws {
        try row.write(in: database)
    }
}

// MARK: - Retention

extension StateWriter {
    /// Removes a few of the oldest rows that are beyond retention: as many as were added and some more, so that no
    /// commit stalls and a lowered bound is reached all the same.
    private mutating func prune(
        newest: UInt64, appliedCount: UInt64, receiptCount: UInt64, in database: Database
    ) throws {
        let allowance = UInt64(AggregatorStorageLimits.prunedRowCount)
        let logExcess = (newest + 1 - bookkeeping.logStart).subtractingOrZero(retention.updateCount)
        let prunedLines = min(
            logExcess, appliedCount + allowance,
            receiptsKept.map { ($0.version + 1).subtractingOrZero(bookkeeping.logStart) } ?? .max)
        if prunedLines > 0 {
            let start = bookkeeping.logStart + prunedLines
            try countRemoved(acceptedBefore: start, refusedBefore: 0, in: database)
            try pruneReleases(before: start, in: database)
            try delete(from: "accepted", "version", below: start, in: database)
            guard database.changesCount == Int(prunedLines) else {
                throw StoredRow.corruption(
                    "accepted", row: "\(bookkeeping.logStart)",
                    "\(database.changesCount) rows are there from it on before row \(start), which is the next to "
                        + "be kept")
            }
            bookkeeping.logStart = start
        }
        try pruneReleases(count: appliedCount + allowance, newest: newest, in: database)

        let receipts = bookkeeping.nextReceipt - bookkeeping.receiptStart
        let prunedReceipts = min(
            receipts.subtractingOrZero(retention.updateCount), receiptCount + allowance,
            receiptsKept.map { ($0.refusal + 1).subtractingOrZero(bookkeeping.receiptStart) } ?? .max)
        if prunedReceipts > 0 {
            bookkeeping.receiptStart += prunedReceipts
            try countRemoved(acceptedBefore: 0, refusedBefore: bookkeeping.receiptStart, in: database)
            try delete(from: "refused", "id", below: bookkeeping.receiptStart, in: database)
        }
    }

    /// Counts the rows of a private study that are about to be removed.
    private mutating func countRemoved(
        acceptedBefore version: UInt64, refusedBefore number: UInt64, in database: Database
    ) throws {
        guard plan.isPrivate else { return }
        let counts = try reader(of: database).receiptCounts(
            acceptedWhere: "version < \(version)", refusedWhere: "id < \(number)")
        var removed: [SiteName: ReceiptCounts] = [:]
        for (site, count) in counts {
            var sum = bookkeeping.removedReceipts[site] ?? ReceiptCounts()
            sum.accepted += count.accepted
            sum.refused += count.refused
            removed[site] = sum
        }
        try setRemovedReceipts(removed, in: database)
    }

    /// Removes releases while more bytes are kept than retention and replay ask for, at most `count`.
    private mutating func pruneReleases(count: UInt64, newest: UInt64, in database: Database) throws {
        var end = bookkeeping.releaseStart
        let limit = min(bookkeeping.releaseStart + count, newest + 1)
        var excess = bookkeeping.keptReleaseByteCount
            .subtractingOrZero(bookkeeping.pendingByteCount)
            .subtractingOrZero(retention.releaseByteCount)
        while excess > 0, end < limit {
            excess = excess.subtractingOrZero(try releaseByteCount(of: end, in: database))
            end += 1
        }
        if end > bookkeeping.releaseStart { try pruneReleases(before: end, in: database) }
    }

    private mutating func pruneReleases(before end: UInt64, in database: Database) throws {
        guard end > bookkeeping.releaseStart else { return }
        for version in bookkeeping.releaseStart..<end {
            // What a start would replay is folded into a checkpoint first.
            try checkpointTask(replayedFrom: version, in: database)
            bookkeeping.keptReleaseByteCount -= try releaseByteCount(of: version, in: database)
        }
        try delete(from: "accepted_release", "version", below: end, in: database)
        bookkeeping.releaseStart = end
        guard let first = bookkeeping.firstSegment else { return }
        try delete(from: "release_place", "version", below: end, in: database)
        bookkeeping.firstSegment = try ReleasePlace.first(in: database)?.place.segment
        hasObsoleteSegments = hasObsoleteSegments || bookkeeping.firstSegment != first
    }

    private func releaseByteCount(of version: UInt64, in database: Database) throws -> UInt64 {
        let statement = try database.cachedStatement(
            sql: "SELECT release_bytes FROM accepted WHERE version = ?")
        return UInt64(clamping: try Int64.fetchOne(statement, arguments: [Int64(version)]) ?? 0)
    }

    private func delete(
        from table: String, _ key: String, below bound: UInt64, in database: Database
    ) throws {
        var values = SQLValues()
        values.append(bound)
        try database.run("DELETE FROM \(table) WHERE \(key) < ?", values)
    }
}

extension UInt64 {
    fileprivate func subtractingOrZero(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
