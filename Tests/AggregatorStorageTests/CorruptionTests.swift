internal import AggregatorStorage
internal import Federation
internal import FoundationEssentials
internal import GRDB
internal import TestSupport
internal import Testing

@Suite("What is not as it was written is refused, by name")
struct CorruptionTests {
    /// A change to a stored state, and what the refusal names.
    struct Damage: Sendable, CustomTestStringConvertible {
        var sql: String
        var place: String
        var testDescription: String { sql }
    }

    /// The newest update that a start replays.
    private static let replayed = """
        (SELECT max(a.version) FROM accepted a LEFT JOIN checkpoint c ON c.task = a.task \
        WHERE a.version > coalesce(c.version, 0))
        """

    static let damages = [
        Damage(sql: "UPDATE study SET dimension = dimension + 1", place: "table 'study', row 1"),
        Damage(sql: "UPDATE study SET instance = zeroblob(16)", place: "table 'study', row 1"),
        Damage(sql: "DELETE FROM study", place: "table 'study', row 1"),
        Damage(sql: "UPDATE progress SET version = version - 1", place: "table 'progress', row 1"),
        Damage(sql: "UPDATE progress SET relaxation_min = 0.5", place: "table 'progress', row 1"),
        Damage(sql: "DELETE FROM progress", place: "table 'progress', row 1"),
        Damage(sql: "UPDATE task SET next_sequence = 99 WHERE position = 2", place: "table 'task', row 2"),
        Damage(sql: "UPDATE task SET name = 't9' WHERE position = 0", place: "table 'task', row 0"),
        Damage(sql: "DELETE FROM task WHERE position = 5", place: "table 'task', row 5"),
        Damage(sql: "UPDATE progress SET round_start = 7", place: "table 'progress', row 1"),
        Damage(
            sql: "UPDATE site_key SET is_present = 1 - is_present WHERE site = 'site1'",
            place: "table 'site_key', row "),
        Damage(
            sql: "UPDATE checkpoint SET auxiliary = zeroblob(40) WHERE task = 3",
            place: "table 'checkpoint', row 3"),
        Damage(
            sql: "UPDATE checkpoint SET update_value = zeroblob(40) WHERE task = 3",
            place: "table 'checkpoint', row 3"),
        Damage(
            sql: "UPDATE accepted SET relaxation = relaxation / 2 WHERE version = \(replayed)",
            place: "table 'accepted', row "),
        Damage(sql: "DELETE FROM accepted WHERE version = 30", place: "table 'accepted', row "),
        Damage(sql: "DELETE FROM accepted WHERE version > 70", place: "table 'accepted', row 70"),
        Damage(
            sql: "UPDATE accepted_release SET bytes = zeroblob(length(bytes)) WHERE version = \(replayed)",
            place: "table 'accepted_release', row "),
        Damage(
            sql: "DELETE FROM accepted_release WHERE version = \(replayed)",
            place: "table 'accepted_release', row "),
        Damage(sql: "DELETE FROM accepted_release", place: "table 'progress', row 1"),
        Damage(
            sql: "UPDATE refused SET sequence = sequence + 1 WHERE id = (SELECT max(id) - 1 FROM refused)",
            place: "table 'refused', row "),
        Damage(sql: "DELETE FROM refused WHERE id = 2", place: "table 'refused', row 2: it is missing"),
    ]

    private let folder: TemporaryFolder
    private let plan: StudyPlan

    init() throws {
        folder = try TemporaryFolder()
        plan = try StoredStudy.plan()
    }

    /// Makes a state of 80 updates and 4 refusals, of an aggregator that ended.
    private func writeState() async throws -> String {
        var study = try StoredStudy(plan, seed: 3)
        let path = folder.file("running")
        // So that each task has a checkpoint, and updates behind it.
        let store = try openStore(path, plan, replayedUpdateCount: 10)
        try await store.create(study.state)
        try await store.commit(try study.steps(toVersion: 80).flatMap { $0 })
        try await store.commit(
            (1...4).map { number in
                Transaction(
                    progress: study.state.progress,
                    refused: RefusedRelease(
                        site: SiteName("north"), task: TaskName("t"), sequence: number, code: .malformed,
                        releaseHash: [UInt8](repeating: UInt8(number), count: 32), releaseByteCount: 9,
                        time: .seconds(1)))
            })
        let copy = try copyOfState(path, into: folder, "state")
        // Copies the write-ahead log into the file.
        _ = try await loadState(copy, plan)
        return copy
    }

    @Test("a row that was changed or is missing is refused with its table and number", arguments: damages)
    func damagedRow(_ damage: Damage) async throws {
        let path = try await writeState()
        try await openDatabase(path).write { database in
            try database.execute(sql: damage.sql)
            #expect(database.changesCount > 0)
        }
        let store = try openStore(path, plan)
        let error = await #expect(throws: AggregatorStorageError(.corrupted, "")) { try await store.load() }
        let message = error?.message ?? ""
        #expect(message.contains(damage.place), "\(message)")
        #expect(message.contains("restore the state folder from a backup"), "\(message)")
    }

    @Test("a row of the log that is missing is noticed when the log is read, and when it would be removed")
    func hole() async throws {
        var study = try StoredStudy(plan, seed: 5)
        let path = folder.file("state")
        let store = try openStore(path, plan, updateCount: 90)
        try await store.create(study.state)
        try await store.commit(try study.steps(toVersion: 100).flatMap { $0 })
        try await openDatabase(path).write { try $0.execute(sql: "DELETE FROM accepted WHERE version = 15") }
        let unread = await #expect(throws: AggregatorStorageError(.corrupted, "")) {
            try await store.updates(after: 0, limit: .max)
        }
        #expect(unread?.message.contains("table 'accepted', row 15: it is missing") == true)
        // Those before it are removed as ever.
        try await store.commit(try study.steps(toVersion: 104).flatMap { $0 })
        #expect(try await store.updates(after: 0, limit: 1).first?.version == 16)
        let rest = try study.steps(toVersion: 105).flatMap { $0 }
        let error = await #expect(throws: AggregatorStorageError(.corrupted, "")) {
            try await store.commit(rest)
        }
        let message = error?.message ?? ""
        #expect(message.contains("table 'accepted', row 15: 0 rows"), "\(message)")
    }

    @Test("a file that was cut off is refused", arguments: [2, 50, 4_096, 12_288])
    func cutOff(byteCount: Int) async throws {
        let path = try await writeState()
        let file = path + "/aggregator.sqlite"
        let bytes = try contents(of: file)
        try #require(byteCount < bytes.count)
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
        try Data(bytes.prefix(byteCount)).write(to: URL(filePath: file))
        await #expect(throws: AggregatorStorageError(.corrupted, "")) {
            _ = try await loadState(path, plan)
        }
    }

    @Test("without its write-ahead log a state is an older one, whole")
    func withoutWriteAheadLog() async throws {
        let path = try await writeState()
        let older: AggregatorState
        let store = try openStore(path, plan)
        older = try #require(try await store.load())
        var study = try StoredStudy(plan, seed: 4, state: older)
        try await store.commit(try study.steps(toVersion: 120).flatMap { $0 })
        let copy = try copyOfState(path, into: folder, "copy")
        try FileManager.default.removeItem(atPath: copy + "/aggregator.sqlite-wal")
        try expectEqual(try await loadState(copy, plan), older, "without log")
    }

    @Test("a newer version's file, and another program's, are refused and not changed")
    func unsupported() async throws {
        let path = try await writeState()
        try await openDatabase(path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')")
        }
        let error = #expect(throws: AggregatorStorageError(.unsupported, "")) { try openStore(path, plan) }
        #expect(error?.message.contains("newer version") == true)

        let other = try folder.write("", to: "other/aggregator.sqlite")
        try await DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE mail (x TEXT)") }
        let before = try contents(of: other)
        #expect(throws: AggregatorStorageError(.unsupported, "")) {
            try openStore(folder.file("other"), plan)
        }
        #expect(try contents(of: other) == before)
    }
}
