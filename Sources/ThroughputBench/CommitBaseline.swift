internal import FoundationEssentials
internal import GRDB

/// What an update costs the disk at the least: SQLite in WAL mode with `synchronous=FULL`, one update's rows a commit.
struct CommitBaseline {
    let dimension: Int
    /// Bytes of an update's release.
    let byteCount: Int

    /// Returns the seconds of each commit, for so long.
    func seconds(for duration: Duration, in folder: String) throws -> [Double] {
        let queue = try DatabaseQueue(path: folder + "/commits.sqlite")
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { database in
            // A queue's own; a pool would set it back to NORMAL.
            try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            try database.execute(
                sql: """
                    CREATE TABLE accepted (version INTEGER PRIMARY KEY, task INTEGER, sequence INTEGER,
                        column_version INTEGER, staleness INTEGER, delay REAL, relaxation REAL, residual REAL,
                        time REAL, release_hash BLOB, release BLOB)
                    """)
            try database.execute(
                sql: "CREATE TABLE tasks (task INTEGER PRIMARY KEY, next_sequence INTEGER, reference BLOB)")
        }
        let release = Data(repeating: 7, count: byteCount)
        let hash = Data(repeating: 9, count: 32)
        let clock = ContinuousClock()
        let end = clock.now + duration
        var seconds: [Double] = []
        var version = 0
        while clock.now < end {
            let elapsed = try clock.measure {
                try queue.writeWithoutTransaction { database in
                    try database.inTransaction {
                        version += 1
                        try database.cachedStatement(
                            sql: "INSERT INTO accepted VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        ).execute(arguments: [
                            version, version % 136, version, version, 7, 0.001, 0.9, 1.5, 2.5, hash, release,
                        ])
                        try database.cachedStatement(sql: "REPLACE INTO tasks VALUES (?, ?, ?)")
                            .execute(arguments: [version % 136, version, hash])
                        return .commit
                    }
                }
            }
            seconds.append(elapsed / .seconds(1))
        }
        return seconds
    }
}
