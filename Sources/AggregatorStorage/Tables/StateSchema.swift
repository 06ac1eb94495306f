internal import GRDB

/// The numbered versions of the database's tables.
enum StateSchema {
    /// SQLite's application identifier of the file: "atol".
    static let applicationIdentifier = 0x6174_6F6C

    /// Every migration, in order.
    ///
    /// One that was released is never changed: a new one is appended, and a file of the version before it goes to the
    /// tests' fixtures.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: version1)
        }
        migrator.registerMigration("2") { database in
            try database.execute(sql: version2)
        }
        return migrator
    }

    /// What has happened to keys, the round that was under way, tasks whose budget is spent, how many receipts
    /// retention removed, where long releases stand, and what methods learn on the way: in tables of their own or columns that are null in rows of version 1, so that
    /// those keep their checksums.
    private static let version2 = """
        CREATE TABLE site_key (
            site TEXT PRIMARY KEY,
            is_present INTEGER NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        ALTER TABLE progress ADD COLUMN round_start INTEGER;
        ALTER TABLE task ADD COLUMN is_spent INTEGER;
        CREATE TABLE removed_receipts (
            site TEXT PRIMARY KEY,
            accepted INTEGER NOT NULL,
            refused INTEGER NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        CREATE TABLE release_place (
            version INTEGER PRIMARY KEY,
            segment INTEGER NOT NULL,
            position INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE method (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            relaxation_sum REAL NOT NULL,
            relaxation_multiplier REAL NOT NULL,
            smoothed_residual REAL,
            eta REAL,
            eta_epoch INTEGER,
            gamma REAL,
            gamma_epoch INTEGER,
            guard_mode INTEGER,
            smallest_residual REAL,
            gamma_version INTEGER,
            checksum BLOB NOT NULL
        ) STRICT;
        CREATE TABLE gamma_snapshot (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            primal BLOB NOT NULL,
            dual BLOB NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        CREATE TABLE task_method (
            task INTEGER PRIMARY KEY,
            last_version INTEGER NOT NULL,
            issued_point BLOB NOT NULL,
            issued_gamma_epoch INTEGER NOT NULL,
            issued_relaxation_sum REAL NOT NULL,
            last_step BLOB NOT NULL,
            lipschitz_constant REAL,
            checksum BLOB NOT NULL
        ) STRICT;
        """

    private static let version1 = """
        PRAGMA application_id = \(applicationIdentifier);
        CREATE TABLE study (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            name TEXT NOT NULL,
            digest BLOB NOT NULL,
            instance BLOB NOT NULL,
            dimension INTEGER NOT NULL,
            task_count INTEGER NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        CREATE TABLE progress (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            version INTEGER NOT NULL,
            phase TEXT NOT NULL,
            absent TEXT NOT NULL,
            elapsed INTEGER NOT NULL,
            staleness_sum INTEGER NOT NULL,
            staleness_max INTEGER NOT NULL,
            relaxation_min REAL,
            relaxation_max REAL,
            release_bytes_up INTEGER NOT NULL,
            joins INTEGER NOT NULL,
            duplicates INTEGER NOT NULL,
            sequence_gaps INTEGER NOT NULL,
            sites_behind INTEGER NOT NULL,
            refusals TEXT NOT NULL,
            bytes_up INTEGER NOT NULL,
            bytes_down INTEGER NOT NULL,
            last_update_time INTEGER NOT NULL,
            kept_release_bytes INTEGER NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        CREATE TABLE task (
            position INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            next_sequence INTEGER NOT NULL,
            issued_sequence INTEGER,
            issued_version INTEGER,
            issued_reference BLOB,
            issued_time INTEGER,
            answer_sequence INTEGER,
            answer_version INTEGER,
            answer_staleness INTEGER,
            answer_relaxation REAL,
            answer_hash BLOB,
            delays BLOB NOT NULL,
            last_version INTEGER NOT NULL,
            squared_residual REAL,
            is_abandoned INTEGER NOT NULL,
            is_fetched INTEGER NOT NULL,
            update_reference BLOB NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        CREATE TABLE checkpoint (
            task INTEGER PRIMARY KEY,
            version INTEGER NOT NULL,
            auxiliary BLOB NOT NULL,
            update_value BLOB NOT NULL,
            update_reference BLOB NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        CREATE TABLE accepted (
            version INTEGER PRIMARY KEY,
            task INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            column_version INTEGER NOT NULL,
            staleness INTEGER NOT NULL,
            delay REAL NOT NULL,
            relaxation REAL NOT NULL,
            residual REAL NOT NULL,
            loss REAL,
            time INTEGER NOT NULL,
            release_hash BLOB NOT NULL,
            release_bytes INTEGER NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        CREATE TABLE accepted_release (
            version INTEGER PRIMARY KEY,
            bytes BLOB NOT NULL
        ) STRICT;
        CREATE TABLE refused (
            id INTEGER PRIMARY KEY,
            site TEXT NOT NULL,
            task TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            code INTEGER NOT NULL,
            release_hash BLOB NOT NULL,
            release_bytes INTEGER NOT NULL,
            time INTEGER NOT NULL,
            checksum BLOB NOT NULL
        ) STRICT;
        """
}
