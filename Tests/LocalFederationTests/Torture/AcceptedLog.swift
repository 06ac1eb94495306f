internal import Foundation
internal import GRDB
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Sodium

/// The accepted-update log of an aggregator that has ended, read from its database as an auditor would.
struct AcceptedLog {
    struct Row: Equatable {
        var line: AcceptedLine
        var releaseHash: [UInt8]
        var release: [UInt8]
    }

    /// A task's column of V as it was stored at a version.
    struct Checkpoint: Equatable {
        var version: Int
        var auxiliary: [UInt8]
    }

    /// In order of version.
    var rows: [Row]
    var checkpoints: [String: Checkpoint]
    let dimension: Int
    /// In the study's order.
    let tasks: [String]

    init(database path: String) throws {
        let queue = try DatabaseQueue(path: path)
        (rows, checkpoints, dimension, tasks) = try queue.read { database in
            let rows = try GRDB.Row.fetchAll(
                database,
                sql: """
                    SELECT a.version, t.name, a.sequence, a.staleness, a.relaxation, a.release_hash, r.bytes
                    FROM accepted a JOIN task t ON t.position = a.task
                    LEFT JOIN accepted_release r ON r.version = a.version ORDER BY a.version
                    """
            ).map {
                Row(
                    line: AcceptedLine(
                        version: $0[0], task: $0[1], sequence: $0[2], staleness: $0[3], relaxation: $0[4]),
                    releaseHash: Array($0[5] as Data), release: Array($0[6] as Data? ?? Data()))
            }
            let checkpoints = try GRDB.Row.fetchAll(
                database,
                sql:
                    "SELECT t.name, c.version, c.auxiliary FROM checkpoint c JOIN task t ON t.position = c.task"
            ).map {
                ($0[0] as String, Checkpoint(version: $0[1], auxiliary: Array($0[2] as Data)))
            }
            let dimension = try Int.fetchOne(database, sql: "SELECT dimension FROM study") ?? 0
            let tasks = try String.fetchAll(database, sql: "SELECT name FROM task ORDER BY position")
            return (rows, Dictionary(uniqueKeysWithValues: checkpoints), dimension, tasks)
        }
    }

    /// Returns what log and sites say differently: nothing where each acceptance is in the log exactly once, each line
    /// of the log was heard by its site, once, and no number of a task was used twice.
    func disagreements(with acceptances: [AcceptedLine]) -> [String] {
        let logged = Dictionary(rows.map { ($0.line, 1) }, uniquingKeysWith: +)
        let heard = Dictionary(acceptances.map { ($0, 1) }, uniquingKeysWith: +)
        let numbers = Dictionary(grouping: rows.map(\.line)) { "\($0.task), number \($0.sequence)" }
        return Set(logged.keys).union(heard.keys).sorted { $0.version < $1.version }.compactMap { line in
            let (inLog, atSite) = (logged[line] ?? 0, heard[line] ?? 0)
            return inLog == 1 && atSite == 1 ? nil : "\(line): \(inLog) in the log, \(atSite) at its site"
        }
            + numbers.filter { $0.value.count > 1 }.map { "task \($0.key): applied \($0.value.count) times" }
            .sorted()
    }

    /// Returns V by replaying every update from zero, and compares it on the way with what was stored.
    ///
    /// - Throws: ``Fault``; the decoder's errors.
    func replay() throws -> [[Double]] {
        guard rows.map(\.line.version) == Array(1..<(rows.count + 1)) else {
            throw Fault("the log has holes, or does not begin with version 1")
        }
        let positions = Dictionary(uniqueKeysWithValues: tasks.enumerated().map { ($1, $0) })
        var references = tasks.map { _ in Reference(dimension: dimension) }
        var auxiliary = tasks.map { _ in [Double](repeating: 0, count: dimension) }
        for row in rows {
            guard let task = positions[row.line.task] else { throw Fault("no task \(row.line.task)") }
            guard Blake2b.hash(row.release) == row.releaseHash else {
                throw Fault("the release of version \(row.line.version) has another hash than the log says")
            }
            references[task] = try ReleaseCodec.decode(
                row.release, reference: references[task], dimension: dimension)
            auxiliary[task] = BackwardForward.relaxed(
                v: auxiliary[task], u: references[task].value, relaxation: row.line.relaxation)
            if let checkpoint = checkpoints[row.line.task], checkpoint.version == row.line.version,
                checkpoint.auxiliary != Self.bytes(of: auxiliary[task])
            {
                throw Fault("task \(row.line.task) was stored with another column at \(row.line.version)")
            }
        }
        return auxiliary
    }

    private static func bytes(of values: [Double]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}

/// An accepted update as both sides keep it.
struct AcceptedLine: Hashable, CustomStringConvertible {
    var version: Int
    var task: String
    var sequence: Int
    var staleness: Int
    var relaxation: Double

    var description: String { "version \(version), task \(task), number \(sequence)" }
}
