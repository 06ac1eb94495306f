package import Federation
internal import GRDB
internal import GRDBSQLite
internal import Sodium
internal import Synchronization

/// An aggregator's state in a SQLite file: every change passes through here before anybody hears of it.
///
/// One connection, one writer; the write-ahead log is synced in every commit (`synchronous = FULL`). Work is done on a
/// queue of the database's own, never on the caller's thread, and goes on when the caller's task is cancelled. After a
/// write or a sync that failed nothing more is written: the connection is left alone until the process ends.
package final class AggregatorStore: Sendable {
    struct Connection {
        var writer: StateWriter
        var failure: AggregatorStorageError?
    }

    private let folder: StateFolder
    private let path: String
    private let queue: DatabaseQueue
    private let connection: Mutex<Connection>
    private let writeAheadPageCount: Int
    private let isMaintenanceDue = Atomic(false)
    /// Connections that are left alone until the process ends.
    private static let abandoned = Mutex<[DatabaseQueue]>([])

    /// Opens the state in a folder, making both if need be, and takes the folder's lock.
    ///
    /// - Parameters:
    ///   - segments: Which releases stand in files of their own.
    ///   - writeAheadPageCount: Pages in the write-ahead log from which on ``maintain()`` copies them.
    ///   - busyTimeoutSeconds: How long another process that reads the file, as a backup does, may keep this waiting.
    ///   - replayedUpdateCount: The most updates of one task that a start replays.
    ///   - replayWindow: The most versions back from the newest that a start looks for updates to replay.
    /// - Throws: ``AggregatorStorageError``.
    package init(
        folder path: String, plan: StudyPlan, retention: StateRetention,
        segments: SegmentSizes = SegmentSizes(),
        writeAheadPageCount: Int = AggregatorStorageLimits.writeAheadPageCount,
        busyTimeoutSeconds: Double = AggregatorStorageLimits.busyTimeoutSeconds,
        replayedUpdateCount: Int = AggregatorStorageLimits.replayedUpdateCount,
        replayWindow: UInt64 = AggregatorStorageLimits.replayWindow
    ) throws {
        self.writeAheadPageCount = writeAheadPageCount
        folder = try StateFolder(path: path)
        self.path = path
        connection = Mutex(
            Connection(
                writer: StateWriter(
                    plan: plan, retention: retention, folder: path,
                    segments: ReleaseSegments(database: folder.database, sizes: segments),
                    replayedUpdateCount: replayedUpdateCount, replayWindow: replayWindow)))
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "atoll.aggregator-store"
        do {
            queue = try DatabaseQueue(path: folder.database, configuration: configuration)
            try queue.writeWithoutTransaction { database in
                try Self.requireOurs(database, path: folder.database)
                try Self.configure(database)
            }
            try Self.migrate(queue, path: folder.database)
            try queue.writeWithoutTransaction { database in
                // What a failed sync may have left in memory only is on disk before anybody hears of it.
                _ = try database.checkpoint(.full)
            }
        } catch {
            throw Self.openingError(error, path: path)
        }
    }

    /// Returns the stored state, or begins the study with an instance identifier of its own.
    ///
    /// - Throws: As ``load()`` does.
    package func begin() async throws -> (state: AggregatorState, isResumed: Bool) {
        if let stored = try await load() { return (stored, true) }
        let bytes = SystemRandom.bytes(InstanceIdentifier.byteCount)
        guard let instance = InstanceIdentifier(bytes: bytes) else {
            throw AggregatorStorageError(.failed, "an instance identifier has \(bytes.count) bytes")
        }
        let plan = connection.withLock { $0.writer.plan }
        let state = AggregatorState(
            instance: instance, dimension: plan.dimension, taskCount: plan.tasks.count)
        try await create(state)
        return (state, false)
    }

    /// Returns the stored state; nil where the study has not begun.
    ///
    /// - Throws: ``AggregatorStorageError``: `corrupted` with the table and row, or `otherStudy`.
    package func load() async throws -> AggregatorState? {
        try await perform { database, connection in
            do {
                return try connection.writer.load(from: database)
            } catch {
                // A page that SQLite itself cannot read is corruption too.
                throw Self.openingError(error, path: self.path)
            }
        }
    }

    /// Begins a study.
    package func create(_ state: AggregatorState) async throws {
        try await write { try $1.create(state, in: $0) }
    }

    /// Commits in order, all or nothing: what it covers is on the disk when it returns.
    package func commit(_ transactions: [Transaction]) async throws {
        try await write { try $1.write(transactions, in: $0) }
    }

    /// Does what no acknowledgement waits for: removes segments that no row names any more, and copies the write-ahead
    /// log into the database once it is long.
    package func maintain() async throws {
        guard isMaintenanceDue.exchange(false, ordering: .relaxed) else { return }
        try await perform { database, connection in
            if let failure = connection.failure { throw failure }
            do {
                try connection.writer.removeObsoleteSegments()
                guard Self.writtenPageCount(database) >= self.writeAheadPageCount else { return }
                _ = try database.checkpoint(.passive)
                Self.resetWrittenPageCount(database)
            } catch {
                throw self.failed(&connection, error)
            }
        }
    }

    /// Gives the state up: nothing more is written, and another store may open the folder when this returns.
    package func close() async {
        try? await perform { _, connection in
            let closed = AggregatorStorageError(.failed, "the state in \(self.path) was given up")
            connection.failure = connection.failure ?? closed
            self.folder.unlock()
        }
    }

    /// Returns lines of the accepted-update log after a version, oldest first and without their release bytes.
    package func updates(after version: UInt64, limit: Int) async throws -> [AppliedUpdate] {
        try await perform { database, connection in
            try connection.writer.reader(of: database).updates(after: version, limit: limit)
        }
    }

    func write(
        _ body: @escaping @Sendable (Database, inout StateWriter) throws -> Void
    ) async throws {
        try await perform { database, connection in
            if let failure = connection.failure { throw failure }
            do {
                try database.inTransaction(.immediate) {
                    try body(database, &connection.writer)
                    return .commit
                }
                if connection.writer.hasObsoleteSegments
                    || Self.writtenPageCount(database) >= self.writeAheadPageCount
                {
                    self.isMaintenanceDue.store(true, ordering: .relaxed)
                }
            } catch {
                throw self.failed(&connection, error)
            }
        }
    }

    /// Runs on the database's queue, to its end even where the caller is cancelled.
    func perform<Result: Sendable>(
        _ body: @escaping @Sendable (Database, inout Connection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    with: Swift.Result { try self.connection.withLock { try body(database, &$0) } })
            }
        }
    }

    /// Ends all writing.
    private func failed(_ connection: inout Connection, _ error: any Error) -> AggregatorStorageError {
        let found = (error as? AggregatorStorageError).flatMap { $0.code == .corrupted ? $0 : nil }
        let failure =
            found
            ?? AggregatorStorageError(
                .failed,
                "the state in \(path) cannot be written: \(error); see to the disk, then start the aggregator again: it "
                    + "goes on from what was committed, and the sites rejoin by themselves")
        connection.failure = failure
        // Closing it would copy the write-ahead log once more, after a sync whose outcome is unknown.
        Self.abandoned.withLock { $0.append(queue) }
        return failure
    }
}

// MARK: - Opening

extension AggregatorStore {
    private static func requireOurs(_ database: Database, path: String) throws {
        let identifier = try Int.fetchOne(database, sql: "PRAGMA application_id")
        // A first start that was killed leaves the migrator's own table, or nothing at all.
        let tableCount = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'")
        guard identifier == StateSchema.applicationIdentifier || (identifier == 0 && tableCount == 0) else {
            throw AggregatorStorageError(
                .unsupported,
                "\(path) is a database of another program; choose another state folder")
        }
    }

    private static func configure(_ database: Database) throws {
        // It is read to its end, where the change is committed: the mode comes before, and the error only then.
        let mode = try String.fetchAll(database, sql: "PRAGMA journal_mode = WAL").last
        try database.execute(
            sql: """
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = \(AggregatorStorageLimits.writeAheadByteCount);
                """)
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        guard mode == "wal", synchronous == 2 else {
            throw AggregatorStorageError(
                .unavailable,
                "the file system takes no write-ahead log (journal_mode is \(mode ?? "unknown")); put the state folder "
                    + "on a local disk")
        }
    }

    private static func migrate(_ queue: DatabaseQueue, path: String) throws {
        let migrator = StateSchema.migrator
        guard try queue.read({ try !migrator.hasBeenSuperseded($0) }) else {
            throw AggregatorStorageError(
                .unsupported,
                "\(path) was written by a newer version of atoll-aggregator; run that version, or a later one"
            )
        }
        try migrator.migrate(queue)
    }

    private static func openingError(_ error: any Error, path: String) -> AggregatorStorageError {
        if let error = error as? AggregatorStorageError { return error }
        guard let error = error as? DatabaseError else {
            return AggregatorStorageError(.unavailable, "the state in \(path) cannot be opened: \(error)")
        }
        switch error.resultCode {
        case .SQLITE_BUSY:
            return AggregatorStorageError(
                .locked,
                "another process reads or writes the state in \(path), as a backup does, and keeps it from being "
                    + "checked; start again when that process has ended")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return AggregatorStorageError(
                .corrupted,
                "the state in \(path) is corrupted: \(error); restore the state folder from a backup, or move it away "
                    + "to begin the study anew (sites rejoin by themselves)")
        default:
            return AggregatorStorageError(.unavailable, "the state in \(path) cannot be opened: \(error)")
        }
    }

    /// Pages written to the write-ahead log since the count was reset.
    private static func writtenPageCount(_ database: Database) -> Int {
        status(of: database, isReset: false)
    }

    private static func resetWrittenPageCount(_ database: Database) {
        _ = status(of: database, isReset: true)
    }

    private static func status(of database: Database, isReset: Bool) -> Int {
        var current: CInt = 0
        var highest: CInt = 0
        unsafe sqlite3_db_status(
            database.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, isReset ? 1 : 0)
        return Int(current)
    }
}
