internal import FoundationEssentials
internal import GRDB

/// What an update costs the disk at the least: SQLite alone, in WAL mode with `synchronous=FULL`, the rows of one update a
/// commit.
///
/// Tables and rows are those that an aggregator's store wrote, with other keys. The release's bytes stand where the
/// store's stand: in the database, or in a reserved file, which is synced before the row that names the place is committed.
struct CommitBaseline {
    /// A row that every commit writes again.
    private struct Row {
        /// Where its key comes from.
        enum Key {
            case version
            /// The version; the rest is where the release stands.
            case place
            case task
            case constant
        }

        let table: String
        let key: Key
        var values: [DatabaseValue]
    }

    private let schema: [String]
    private let rows: [Row]
    private let taskCount: Int
    private let release: [UInt8]
    /// Bytes of the file that the release stands in; nil where it stands in the database.
    private let segmentByteCount: Int?

    /// Reads the rows of the newest update of a state that no aggregator has open.
    init(state folder: String) throws {
        let path = folder + "/aggregator.sqlite"
        let queue = try DatabaseQueue(path: path)
        (schema, rows, taskCount, release, segmentByteCount) = try queue.read { database in
            func values(_ table: String, _ condition: String = "") throws -> [DatabaseValue] {
                let row = try GRDB.Row.fetchOne(database, sql: "SELECT * FROM \(table) \(condition)")
                guard let row else { throw ThroughputError(.unreadable, "\(path): '\(table)' has no row") }
                return Array(row.databaseValues)
            }
            func number(_ expression: String) throws -> Int {
                try Int.fetchOne(database, sql: "SELECT \(expression)") ?? 0
            }
            let newest = "WHERE version = (SELECT max(version) FROM accepted)"
            let task = try number("task FROM accepted \(newest)")
            let release = [UInt8](repeating: 7, count: try number("release_bytes FROM accepted \(newest)"))
            let segment = try number("max(segment) FROM release_place \(newest)")
            let rows = [
                Row(table: "accepted", key: .version, values: try values("accepted", newest)),
                segment > 0
                    ? Row(table: "release_place", key: .place, values: try values("release_place", newest))
                    : Row(
                        table: "accepted_release", key: .version,
                        values: [0.databaseValue, Data(release).databaseValue]),
                Row(table: "task", key: .task, values: try values("task", "WHERE position = \(task)")),
                Row(table: "progress", key: .constant, values: try values("progress")),
            ]
            let tables = rows.map { "'\($0.table)'" }.joined(separator: ", ")
            let schema = try String.fetchAll(
                database, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN (\(tables))")
            let segmentByteCount =
                segment > 0 ? try Self.byteCount(of: "\(path)-releases\(segment)") : nil
            return (schema, rows, try number("count(*) FROM task"), release, segmentByteCount)
        }
    }

    private static func byteCount(of path: String) throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size else { throw ThroughputError(.unreadable, "\(path) has no size") }
        return size
    }

    /// Returns the seconds of each commit, for so long and at least one.
    func seconds(for duration: Duration, in folder: String) throws -> [Double] {
        let queue = try DatabaseQueue(path: folder + "/commits.sqlite")
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { database in
            // A queue's own; a pool would set it back to NORMAL.
            try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            for table in schema { try database.execute(sql: table) }
        }
        let files = segmentByteCount.map { ReservedFiles(folder + "/commits.sqlite-releases", byteCount: $0) }
        let clock = ContinuousClock()
        let end = clock.now + duration
        var rows = rows
        var seconds: [Double] = []
        repeat {
            let version = seconds.count + 1
            for index in rows.indices {
                switch rows[index].key {
                case .version, .place: rows[index].values[0] = version.databaseValue
                case .task: rows[index].values[0] = (version % taskCount).databaseValue
                case .constant: break
                }
            }
            let fileNumber = files?.number ?? 0
            let elapsed = try clock.measure {
                try queue.writeWithoutTransaction { database in
                    try database.inTransaction(.immediate) {
                        for row in rows {
                            var row = row
                            if case .place = row.key, let files {
                                row.values[2] = try files.append(release).databaseValue
                                row.values[1] = files.number.databaseValue
                            }
                            try Self.write(row, in: database)
                        }
                        try files?.synchronize()
                        return .commit
                    }
                }
            }
            seconds.append(elapsed / .seconds(1))
            // The store removes its files behind the acknowledgements.
            if let files, fileNumber > 0, files.number > fileNumber { try files.remove(fileNumber) }
        } while clock.now < end
        return seconds
    }

    private static func write(_ row: Row, in database: Database) throws {
        let marks = Array(repeating: "?", count: row.values.count).joined(separator: ", ")
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO \(row.table) VALUES (\(marks))")
        statement.setUncheckedArguments(StatementArguments(row.values))
        try statement.execute()
    }
}
