internal import AggregatorStorage
internal import Federation
internal import FoundationEssentials
internal import GRDB
internal import StorageTestSupport
internal import TestSupport
internal import Testing

@Suite("Large releases stand in files beside the database")
struct SegmentTests {
    /// A row that leads elsewhere, and what the refusal says of it.
    struct Misplacement: Sendable, CustomTestStringConvertible {
        var change: String
        var reason: String
        var testDescription: String { change }
    }

    static let misplacements = [
        Misplacement(change: "version = version + 1 WHERE version = 80", reason: "the log has no row of it"),
        Misplacement(change: "version = 0 WHERE version = 1", reason: "the log has no row of it"),
        Misplacement(change: "segment = segment + 1 WHERE version = 1", reason: "before that of the row"),
        Misplacement(
            change: "segment = (SELECT max(segment) FROM release_place) WHERE version = 1",
            reason: "before that of the row"),
        Misplacement(change: "segment = 1 WHERE version = 80", reason: "before that of the row"),
        Misplacement(change: "segment = segment - 1 WHERE version = 40", reason: "before that of the row"),
        Misplacement(change: "position = position + 400 WHERE version = 2", reason: "before that of the row"),
    ]

    private let folder: TemporaryFolder
    private let plan: StudyPlan

    init() throws {
        folder = try TemporaryFolder()
        plan = try StoredStudy.plan()
    }

    /// Makes a state of 80 updates, of an aggregator that ended.
    private func writeState() async throws -> (path: String, state: AggregatorState) {
        var study = try StoredStudy(plan, seed: 41)
        let path = folder.file("running")
        let store = try openStore(path, plan, .segments)
        try await store.create(study.state)
        for transactions in try study.steps(toVersion: 80) where !transactions.isEmpty {
            try await store.commit(transactions)
        }
        return (try copyOfState(path, into: folder, "state"), study.state)
    }

    private func refusal(of path: String) async throws -> String {
        let error = await #expect(throws: AggregatorStorageError(.corrupted, "")) {
            try await withStore(path, plan, .segments) { try await $0.load() }
        }
        return error?.message ?? ""
    }

    @Test("only releases of the bound and above, and their owner alone may read them")
    func bound() async throws {
        let releaseByteCount = 23 + 4 * plan.dimension
        for offset in [-1, 0, 1] {
            var study = try StoredStudy(plan, seed: 42)
            let name = "bound\(offset)"
            let store = try AggregatorStore(
                folder: folder.file(name), plan: plan,
                retention: StateRetention(updateCount: 100, releaseByteCount: 1 << 20),
                segments: SegmentSizes(smallestReleaseByteCount: releaseByteCount + offset))
            try await store.create(study.state)
            for transactions in try study.steps(toVersion: 5) where !transactions.isEmpty {
                try await store.commit(transactions)
            }
            let found = try segments(in: folder.file(name))
            #expect(found.count == (offset > 0 ? 0 : 1), "\(offset)")
            for segment in found { #expect(try folder.mode(of: "\(name)/\(segment)") == 0o600) }
        }
    }

    @Test("a segment that is missing, cut off or changed is refused by name")
    func damaged() async throws {
        let (path, _) = try await writeState()
        let names = try segments(in: path)
        try #require(names.count > 2)
        let newest = path + "/" + names[names.count - 1]
        let whole = try contents(of: newest)

        try FileManager.default.removeItem(atPath: path + "/" + names[1])
        var message = try await refusal(of: path)
        #expect(message.contains(names[1]) && message.contains("is missing"), "\(message)")
        try FileManager.default.copyItem(
            atPath: folder.file("running/" + names[1]), toPath: path + "/" + names[1])

        try Data(whole.prefix(10)).write(to: URL(filePath: newest))
        message = try await refusal(of: path)
        #expect(message.contains(newest) && message.contains("it ends before byte"), "\(message)")

        // One byte of every release, for those before a checkpoint are not read.
        var changed = whole
        for index in stride(from: 30, to: changed.count, by: 23 + 4 * plan.dimension) { changed[index] ^= 1 }
        try Data(changed).write(to: URL(filePath: newest))
        message = try await refusal(of: path)
        #expect(message.contains(newest) && message.contains("do not have the hash"), "\(message)")
        #expect(message.contains("restore the state folder from a backup"), "\(message)")

        try Data(whole).write(to: URL(filePath: newest))
        _ = try await loadState(path, plan, .segments)
    }

    @Test(
        "a place that leads elsewhere is refused by row, and no segment is removed", arguments: misplacements)
    func misplaced(_ misplacement: Misplacement) async throws {
        let (path, _) = try await writeState()
        let names = try segments(in: path)
        try await openDatabase(path).write { database in
            try database.execute(sql: "UPDATE release_place SET " + misplacement.change)
            #expect(database.changesCount == 1)
        }
        let message = try await refusal(of: path)
        #expect(
            message.contains("table 'release_place', row ") && message.contains(misplacement.reason),
            "\(message)")
        #expect(try segments(in: path) == names)
    }

    @Test("a state without its places is refused, and no segment is removed")
    func withoutPlaces() async throws {
        let (path, _) = try await writeState()
        let names = try segments(in: path)
        try await openDatabase(path).write { try $0.execute(sql: "DELETE FROM release_place") }
        let message = try await refusal(of: path)
        #expect(message.contains("there is no release"), "\(message)")
        #expect(try segments(in: path) == names)
    }

    @Test("a start goes on in the newest segment and removes those that no row names")
    func goesOn() async throws {
        let (path, state) = try await writeState()
        let names = try segments(in: path)
        try folder.write("not ours", to: "state/aggregator.sqlite-releases-copy")
        let orphan = "aggregator.sqlite-releases\(names.count + 1)"
        try folder.write("begun and never named", to: "state/" + orphan)
        let store = try openStore(path, plan, .segments)
        try expectEqual(try await store.load(), state, "resumed")
        #expect(try segments(in: path) == ["aggregator.sqlite-releases-copy"] + names)
        try folder.remove("state/aggregator.sqlite-releases-copy")

        var study = try StoredStudy(plan, seed: 43, state: state)
        try await store.commit(try study.steps(toVersion: 81).flatMap { $0 })
        #expect(try segments(in: path).count <= names.count + 1)
        try await store.commit(try study.steps(toVersion: 120).flatMap { $0 })
        let copy = try copyOfState(path, into: folder, "copy")
        try expectEqual(try await loadState(copy, plan, .segments), study.state, "went on")
        // The bound on what goes into segments may change between two starts.
        let database = try copyOfState(path, into: folder, "database")
        try expectEqual(try await loadState(database, plan), study.state, "other bound")
    }
}
