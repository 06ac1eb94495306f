internal import GRDB

/// A table of the state: its columns in order, the last one a checksum over the others.
struct StateTable: Sendable {
    let name: String
    let columns: [String]
    /// Writes a row in place of the one with the same key.
    let upsert: String

    private init(name: String, columns: [String]) {
        self.name = name
        self.columns = columns
        let names = (columns + ["checksum"]).joined(separator: ", ")
        let marks = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
        upsert = "INSERT OR REPLACE INTO \(name) (\(names)) VALUES (\(marks))"
    }

    /// Constants of the study: one row.
    static let study = StateTable(
        name: "study", columns: ["id", "name", "digest", "instance", "dimension", "task_count"])
    /// How far the study has come: one row, written in every commit.
    static let progress = StateTable(
        name: "progress",
        columns: [
            "id", "version", "phase", "absent", "elapsed", "staleness_sum", "staleness_max", "relaxation_min",
            "relaxation_max", "release_bytes_up", "joins", "duplicates", "sequence_gaps", "sites_behind",
            "refusals",
            "bytes_up", "bytes_down", "last_update_time", "kept_release_bytes", "round_start",
        ])
    /// What is kept of each task.
    static let task = StateTable(
        name: "task",
        columns: [
            "position", "name", "next_sequence", "issued_sequence", "issued_version", "issued_reference",
            "issued_time", "answer_sequence", "answer_version", "answer_staleness", "answer_relaxation",
            "answer_hash", "delays", "last_version", "squared_residual", "is_abandoned", "is_fetched",
            "update_reference", "is_spent",
        ])
    /// Each task's vectors as they were at a version, from which later releases are replayed.
    static let checkpoint = StateTable(
        name: "checkpoint", columns: ["task", "version", "auxiliary", "update_value", "update_reference"])
    /// The accepted-update log.
    static let accepted = StateTable(
        name: "accepted",
        columns: [
            "version", "task", "sequence", "column_version", "staleness", "delay", "relaxation", "residual",
            "loss", "time", "release_hash", "release_bytes",
        ])
    /// Receipts of releases that were opened and not applied.
    static let refused = StateTable(
        name: "refused",
        columns: ["id", "site", "task", "sequence", "code", "release_hash", "release_bytes", "time"])

    /// Of a private study: how many rows of the two tables before retention removed, which are in the sites' books of
    /// receipts.
    static let removedReceipts = StateTable(
        name: "removed_receipts", columns: ["site", "accepted", "refused"])

    /// Sites that have a key, or had one.
    static let siteKey = StateTable(name: "site_key", columns: ["site", "is_present"])

    /// What the study's method has learned: one row, where its steps depend on it.
    static let method = StateTable(
        name: "method",
        columns: [
            "id", "relaxation_sum", "relaxation_multiplier", "smoothed_residual", "eta", "eta_epoch", "gamma",
            "gamma_epoch", "guard_mode", "smallest_residual", "gamma_version",
        ])
    /// Where the choice of gamma began to measure: at most one row.
    static let gammaSnapshot = StateTable(name: "gamma_snapshot", columns: ["id", "primal", "dual"])
    /// What is kept of each task for the study's method.
    static let taskMethod = StateTable(
        name: "task_method",
        columns: [
            "task", "last_version", "issued_point", "issued_gamma_epoch", "issued_relaxation_sum",
            "last_step", "lipschitz_constant",
        ])

    /// Those of which a start checks every page.
    static let checkedTables = [
        study, progress, task, checkpoint, siteKey, removedReceipts, method, gammaSnapshot, taskMethod,
    ]

    /// Reads rows; a condition and an order may follow.
    var select: String {
        "SELECT \((columns + ["checksum"]).map { "\(name).\($0)" }.joined(separator: ", ")) FROM \(name)"
    }
}
