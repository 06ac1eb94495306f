internal import AggregatorStorage
internal import Configuration
internal import Federation
internal import Foundation
internal import LinearAlgebra
internal import LocalFederation
internal import ReleaseEncoding
internal import Reporting
internal import SeededRandom
internal import Studies
internal import TestSupport
internal import Testing

/// What both sides kept agrees, whatever is killed: nothing that was accepted is lost, and nothing is applied twice.
///
/// `make torture` kills more often; `ATOLL_TORTURE_KILLS` and `ATOLL_TORTURE_SEED` change number and seed.
@Suite(
    .timeLimit(.minutes(60)), .serialized,
    .enabled(if: SharedFiles.path("data/school/school.csv") != nil, "skipped: no data"))
struct TortureTests {
    private static let siteCount = 8
    /// Certified by the centralised solver.
    private static let optimum = 704_454.5245
    private static let bound = 1e-3
    /// One run's share, of which a few may come after its end: three runs for the 200 of every build.
    private static let killsPerRun = 72
    private static let environment = ProcessInfo.processInfo.environment
    private static let killCount = environment["ATOLL_TORTURE_KILLS"].flatMap { Int($0) } ?? 200
    private static let seed = environment["ATOLL_TORTURE_SEED"].flatMap { UInt64($0) } ?? 1

    @Test("after SIGKILL at random moments both sides agree, and the log leads to the stored V bit for bit")
    func kills() async throws {
        var killed = 0
        var seed = Self.seed
        // No endless loop where runs end before anything is killed.
        let lastSeed = seed + UInt64(2 * (Self.killCount / Self.killsPerRun + 1))
        while killed < Self.killCount, seed < lastSeed {
            killed += try await torment(seed: seed, killCount: Self.killsPerRun)
            seed += 1
        }
        #expect(killed >= Self.killCount)
    }

    /// Runs School once, kills at most `killCount` times, and compares; returns how many processes were killed.
    private func torment(seed: UInt64, killCount: Int) async throws -> Int {
        var random = SeededGenerator(seed: seed)
        // Smaller steps, so that V remembers more of what came before.
        let relaxation = 0.5 + 0.4 * random.uniform()
        let encoding = random.integer(below: 2) == 0 ? "float32" : "bfloat16"
        let settings = ["relaxation=\(relaxation)", "encoding=\(encoding)"]
        let run = try LocalRun("school", sites: Self.siteCount, settings: settings)
        var executioner = Executioner(run: run, siteCount: Self.siteCount, random: random)
        try await executioner.kill(count: killCount)
        let ending = try await run.process.ending()
        try #require(ending.exitCode == 0, "seed \(seed): \(ending.messages)")
        let result = try JSONValue(parsing: Array(ending.output.utf8))
        let objective = try #require(result["objective"]?.doubleValue)
        let suboptimality = (objective - Self.optimum) / Self.optimum
        #expect(suboptimality.magnitude < Self.bound, "seed \(seed)")
        let log = try await agreedLog(run, seed: seed)
        #expect(result["updates"]?.integerValue == log.rows.count, "seed \(seed)")
        // The supervisor's own count: each line is a process that a SIGKILL ended.
        let count = ending.messages.split(separator: "\n").count { $0.contains("signalled(\(SIGKILL))") }
        let wallSeconds = result["wall_seconds"]?.doubleValue ?? 0
        print(
            "torture: seed \(seed), \(settings.joined(separator: " ")), \(count) processes killed, \(log.rows.count) updates, "
                + "\(suboptimality) above the optimum, \(Int(wallSeconds)) s")
        return count
    }

    /// Returns the aggregator's log, once both sides were compared.
    private func agreedLog(_ run: LocalRun, seed: UInt64) async throws -> AcceptedLog {
        let log = try AcceptedLog(database: run.folder.aggregator + "/state/aggregator.sqlite")
        let acceptances = try (1...Self.siteCount).flatMap { try run.acceptedLines(of: "site-\($0)") }
        let disagreements = log.disagreements(with: acceptances)
        #expect(
            disagreements.isEmpty,
            "seed \(seed): \(disagreements.count) disagreements: \(disagreements.prefix(5))")
        #expect(try await storedColumns(run) == bits(of: log.replay()), "seed \(seed)")
        return log
    }

    /// V as the aggregator would go on with it.
    private func storedColumns(_ run: LocalRun) async throws -> [[UInt64]] {
        let plan = try StudyConfiguration.load(path: run.folder.study).plan()
        let store = try AggregatorStore(
            folder: run.folder.aggregator + "/state", plan: plan,
            retention: StateRetention(updateCount: 1 << 40, releaseByteCount: 1 << 40))
        let state = try #require(try await store.load())
        return bits(of: plan.tasks.indices.map { state.auxiliary.column($0) })
    }

    private func bits(of columns: [[Double]]) -> [[UInt64]] { columns.map { $0.map(\.bitPattern) } }

    @Test("the comparison finds a planted duplicate, a missing line, a changed number and changed bytes")
    func plantedFaults() async throws {
        let run = try LocalRun(
            "school", sites: Self.siteCount, settings: ["stop.epochs=4", "relaxation=0.5"])
        #expect(try await run.process.ending().exitCode == 0)
        let log = try await agreedLog(run, seed: 0)
        let acceptances = log.rows.map(\.line)
        #expect(log.disagreements(with: acceptances).isEmpty)
        // A task's first release holds a full value, which could be applied again.
        let middle = try #require(
            log.rows.indices.dropFirst(log.rows.count / 2).first { index in
                log.rows[..<index].contains { $0.line.task == log.rows[index].line.task }
            })

        #expect(log.disagreements(with: acceptances + [acceptances[middle]]).count == 1)
        var fewer = acceptances
        fewer.remove(at: middle)
        #expect(log.disagreements(with: fewer).count == 1)
        var other = acceptances
        other[middle].version += 1
        #expect(log.disagreements(with: other).count == 2)

        var lost = log
        lost.rows.remove(at: middle)
        #expect(lost.disagreements(with: acceptances).count == 1)
        #expect(throws: AcceptedLog.Fault.self) { _ = try lost.replay() }
        var twice = log
        twice.rows.append(log.rows[middle])
        twice.rows[log.rows.count].line.version = log.rows.count + 1
        #expect(twice.disagreements(with: acceptances).count == 2)
        // It is a difference to what the task had then.
        #expect(throws: ReleaseEncodingError(.unknownReference, "")) { _ = try twice.replay() }
        var bent = log
        // The last line: what came earlier decays in V below its last bit, and is in the sites' files all the same.
        bent.rows[log.rows.count - 1].line.relaxation *= 1 + 1e-9
        #expect(try bits(of: bent.replay()) != bits(of: log.replay()))
        // In the middle of one task's history, with as many updates of that task still to come.
        let ofOneTask = log.rows.indices.filter { log.rows[$0].line.task == log.tasks[0] }
        var bentBefore = log
        bentBefore.rows[ofOneTask[ofOneTask.count / 2]].line.relaxation *= 1 + 1e-9
        #expect(try bits(of: bentBefore.replay()) != bits(of: log.replay()))
        var changed = log
        changed.rows[middle].release[changed.rows[middle].release.count - 1] ^= 1
        #expect(throws: AcceptedLog.Fault.self) { _ = try changed.replay() }
        var checkpoint = log
        let task = log.rows[log.rows.count - 1].line.task
        let bytes = try log.replay()[try #require(log.tasks.firstIndex(of: task))]
        checkpoint.checkpoints[task] = AcceptedLog.Checkpoint(
            version: log.rows.count, auxiliary: [UInt8](repeating: 0, count: 8 * bytes.count))
        #expect(throws: AcceptedLog.Fault.self) { _ = try checkpoint.replay() }
    }
}
