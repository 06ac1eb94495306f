internal import Federation
internal import FoundationEssentials
internal import GRDB
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Sodium

/// Reads a stored state and checks that it hangs together.
struct StateReader {
    let database: Database
    let plan: StudyPlan
    let folder: String
    private(set) var segments: ReleaseSegments

    /// Returns the stored state and what the writer needs to go on; nil where no study has begun.
    ///
    /// - Throws: ``AggregatorStorageError``.
    mutating func read() throws -> (state: AggregatorState, bookkeeping: StateBookkeeping)? {
        for table in StateTable.checkedTables {
            let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(\(table.name))")
            guard verdict == "ok" else {
                throw StoredRow.corruption(table.name, row: "unknown", verdict ?? "it cannot be checked")
            }
        }
        let studies = try rows(of: .study, "")
        guard let first = studies.first else {
            for table in StateTable.checkedTables where try count(table) > 0 {
                throw StoredRow.corruption("study", row: "1", "it is missing, and '\(table.name)' has rows")
            }
            return nil
        }
        let study = try StudyRow(first, plan: plan, folder: folder)
        guard let progressRow = try rows(of: .progress, "").first else {
            throw StoredRow.corruption("progress", row: "1", "it is missing")
        }
        let progress = try ProgressRow(progressRow, plan: plan)
        let tasks = try rows(of: .task, "ORDER BY position").map {
            try TaskRow($0, plan: plan, folder: folder)
        }
        guard tasks.map(\.position) == Array(plan.tasks.indices) else {
            throw StoredRow.corruption(
                "task", row: "\(tasks.count)", "there are \(tasks.count) rows for \(plan.tasks.count) tasks")
        }
        var checkpoints = plan.tasks.indices.map { TaskCheckpoint(task: $0, dimension: plan.dimension) }
        for row in try rows(of: .checkpoint, "") {
            let checkpoint = try TaskCheckpoint(row, plan: plan)
            checkpoints[checkpoint.task] = checkpoint
        }
        let keys = try rows(of: .siteKey, "").map { try SiteKeyRow.key($0) }
        let version = progress.progress.version
        var bookkeeping = StateBookkeeping(
            taskCount: plan.tasks.count, keptReleaseByteCount: progress.keptReleaseByteCount)
        try checkLog(version: version, bookkeeping: &bookkeeping)
        bookkeeping.removedReceipts = try removedReceipts()
        try replay(tasks, onto: &checkpoints, version: version, bookkeeping: &bookkeeping)
        var records = zip(tasks, checkpoints).map { task, checkpoint in
            var record = task.record
            record.updateReference = checkpoint.updateReference
            return record
        }
        var studyProgress = progress.progress
        if plan.dependsOnMethodProgress {
            studyProgress.method = try readMethod(completing: &records)
        }
        return (
            AggregatorState(
                instance: study.instance, progress: studyProgress, tasks: records,
                auxiliary: Matrix(columns: checkpoints.map(\.auxiliary)),
                hasKey: Dictionary(uniqueKeysWithValues: keys.map { ($0.site, $0.isPresent) })), bookkeeping
        )
    }

    /// Reads what the study's method has learned, and completes the tasks' records with it.
    private func readMethod(completing records: inout [TaskRecord]) throws -> MethodProgress {
        var method = try rows(of: .method, "").first.map(MethodRow.method) ?? MethodProgress()
        method.gamma?.snapshot = try rows(of: .gammaSnapshot, "").first.map {
            try GammaSnapshotRow.snapshot($0, plan: plan)
        }
        for row in try rows(of: .taskMethod, "") {
            try TaskMethodRow.complete(&records, from: row, plan: plan)
        }
        if case .douglasRachford = plan.splitting,
            let task = records.firstIndex(where: { $0.issued?.point.isEmpty == true })
        {
            throw StoredRow.corruption(
                StateTable.taskMethod.name, row: "\(task)", "the column that was sent is missing")
        }
        return method
    }

    /// Checks that the log ends where the study stands, and finds where its tables begin.
    ///
    /// Rows are counted as far back as a start may replay: it must not grow with the log. Older ones are counted when
    /// they are removed, and when the log is read.
    private mutating func checkLog(version: UInt64, bookkeeping: inout StateBookkeeping) throws {
        let (first, last) = try extent(of: "accepted", key: "version")
        if let first, let last {
            let start = max(first, last - min(last, AggregatorStorageLimits.replayWindow))
            let count = try UInt64.fetchOne(
                database, sql: "SELECT count(*) FROM accepted WHERE version >= \(start)")
            guard last == version, last - start + 1 == count else {
                throw StoredRow.corruption(
                    "accepted", row: "\(last)",
                    "it is the last of \(count ?? 0) rows from \(start) on, and the study stands at version "
                        + "\(version)")
            }
        } else if version > 0 {
            throw StoredRow.corruption("accepted", row: "\(version)", "it is missing")
        }
        bookkeeping.logStart = first ?? version + 1
        let oldestRelease = try UInt64.fetchOne(database, sql: "SELECT min(version) FROM accepted_release")
        let oldestPlace = try ReleasePlace.first(in: database)
        bookkeeping.releaseStart = min(oldestRelease ?? version + 1, oldestPlace?.version ?? version + 1)
        guard bookkeeping.releaseStart <= version || bookkeeping.keptReleaseByteCount == 0 else {
            throw StoredRow.corruption(
                "progress", row: "1",
                "it counts \(bookkeeping.keptReleaseByteCount) bytes of releases, and there is no release")
        }
        try findSegments(from: oldestPlace, bookkeeping: &bookkeeping)
        let (firstReceipt, lastReceipt) = try extent(of: "refused", key: "id")
        bookkeeping.nextReceipt = (lastReceipt ?? 0) + 1
        bookkeeping.receiptStart = firstReceipt ?? bookkeeping.nextReceipt
        if let firstReceipt, let lastReceipt {
            try checkReceipts(from: firstReceipt, to: lastReceipt)
        }
    }

    /// Checks that the segments from the one of the oldest release on are there, and finds where the newest ends.
    ///
    /// A start removes the segments before and after them: rows that name others than they did must not lead it there.
    private mutating func findSegments(
        from first: ReleasePlace.Stored?, bookkeeping: inout StateBookkeeping
    ) throws {
        guard let first, let last = try ReleasePlace.last(in: database) else { return }
        guard first.end != nil, let end = last.end else {
            let row = first.end == nil ? first : last
            throw StoredRow.corruption("release_place", row: "\(row.version)", "the log has no row of it")
        }
        if let version = try ReleasePlace.firstOutOfOrder(in: database) {
            throw StoredRow.corruption(
                "release_place", row: "\(version)", "its release would be before that of the row before it")
        }
        try segments.requireAll(first.place.segment...last.place.segment)
        segments.goOn(at: ReleasePlace(segment: last.place.segment, offset: end))
        bookkeeping.firstSegment = first.place.segment
    }

    /// Replays what each task did since its checkpoint.
    private mutating func replay(
        _ tasks: [TaskRow], onto checkpoints: inout [TaskCheckpoint], version: UInt64,
        bookkeeping: inout StateBookkeeping
    ) throws {
        let behind = tasks.filter { $0.record.lastVersion > checkpoints[$0.position].version }
        if let start = behind.map({ checkpoints[$0.position].version }).min() {
            let statement = try database.makeStatement(
                sql: StateTable.accepted.select + " WHERE version > ? ORDER BY version")
            let cursor = try Row.fetchCursor(statement, arguments: [Int64(start)])
            while let row = try cursor.next() {
                let stored = try StoredRow(.accepted, reading: row)
                var (update, task) = try AcceptedRow.update(stored, plan: plan)
                guard update.version > checkpoints[task].version else { continue }
                update.release = try release(of: update)
                try checkpoints[task].replay(update)
                bookkeeping.add(update, task: task)
            }
        }
        for task in tasks {
            let replayed = checkpoints[task.position]
            guard task.record.lastVersion == replayed.version else {
                throw StoredRow.corruption(
                    "task", row: "\(task.position)",
                    "its newest update is \(task.record.lastVersion), and the log leads to \(replayed.version)"
                )
            }
            guard task.updateReference == replayed.updateReference.hash else {
                throw StoredRow.corruption(
                    "checkpoint", row: "\(task.position)",
                    "with the log's releases it does not lead to the reference that the task has")
            }
        }
    }

    /// Returns the vectors of one task, after `versions` of the log on top of its checkpoint.
    mutating func checkpoint(of task: Int, replaying versions: [UInt64]) throws -> TaskCheckpoint {
        var checkpoint = TaskCheckpoint(task: task, dimension: plan.dimension)
        if let row = try rows(of: .checkpoint, "WHERE task = \(task)").first {
            checkpoint = try TaskCheckpoint(row, plan: plan)
        }
        for version in versions {
            guard let row = try rows(of: .accepted, "WHERE version = \(version)").first else {
                throw StoredRow.corruption("accepted", row: "\(version)", "it is missing")
            }
            var update = try AcceptedRow.update(row, plan: plan).update
            update.release = try release(of: update)
            try checkpoint.replay(update)
        }
        return checkpoint
    }

    /// Returns lines of the log after a version, oldest first, without their release bytes.
    func updates(after version: UInt64, limit: Int) throws -> [AppliedUpdate] {
        let updates = try rows(of: .accepted, "WHERE version > \(version) ORDER BY version LIMIT \(limit)")
            .map { try AcceptedRow.update($0, plan: plan).update }
        for (earlier, later) in zip(updates, updates.dropFirst())
        where later.version != earlier.version + 1 {
            throw StoredRow.corruption("accepted", row: "\(earlier.version + 1)", "it is missing")
        }
        return updates
    }

    /// The bytes that were accepted, by their hash.
    private mutating func release(of update: AppliedUpdate) throws -> [UInt8] {
        if let place = try ReleasePlace.of(update.version, in: database) {
            return try segments.read(place, byteCount: update.releaseByteCount, hash: update.releaseHash)
        }
        let statement = try database.cachedStatement(
            sql: "SELECT bytes FROM accepted_release WHERE version = ?")
        guard let bytes = try Data.fetchOne(statement, arguments: [Int64(update.version)]) else {
            throw StoredRow.corruption("accepted_release", row: "\(update.version)", "it is missing")
        }
        let release = [UInt8](bytes)
        guard Blake2b.hash(release) == update.releaseHash else {
            throw StoredRow.corruption(
                "accepted_release", row: "\(update.version)",
                "its bytes do not have the hash that the log has")
        }
        return release
    }

    func rows(of table: StateTable, _ condition: String) throws -> [StoredRow] {
        try Row.fetchAll(database, sql: "\(table.select) \(condition)").map {
            try StoredRow(table, reading: $0)
        }
    }

    private func count(_ table: StateTable) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table.name)") ?? 0
    }

    private func extent(of table: String, key: String) throws -> (first: UInt64?, last: UInt64?) {
        // Two queries: SQLite answers each from the b-tree's shape, and both in one by reading every row.
        let first = try Int64.fetchOne(database, sql: "SELECT min(\(key)) FROM \(table)")
        let last = try Int64.fetchOne(database, sql: "SELECT max(\(key)) FROM \(table)")
        return (first.map { UInt64(clamping: $0) }, last.map { UInt64(clamping: $0) })
    }
}
