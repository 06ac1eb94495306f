internal import Federation
internal import FoundationEssentials
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import SeededRandom
internal import SiteStorage
internal import Storage

/// What an update costs in a site's journal, rewriting it when it is full included.
enum JournalBenchmarks {
    private static let task = TaskName("task")
    private static let site = SiteName("site")

    static func all() throws -> [Benchmark] {
        try EncodingBenchmarks.dimensions.flatMap { dimension in
            try [JournalDurability.unsynced, .synced].map { try update($0, dimension: dimension) }
        }
    }

    private static func update(_ durability: JournalDurability, dimension: Int) throws -> Benchmark {
        var generator = SeededGenerator(seed: 4)
        let held = try ReleaseCodec.encode(
            (0..<dimension).map { _ in generator.normal() }, relativeTo: Reference(dimension: dimension),
            encoding: .float32
        ).next
        let x = held.value.map { $0 + 1e-3 * generator.normal() }
        let (release, next) = try ReleaseCodec.encode(x, relativeTo: held, encoding: .float32)
        let changes: [SiteChange] = [
            .accepted(task: task, sequence: 1), .column(task: task, release: release, reference: next),
            .update(
                task: task,
                SiteTaskState.PendingUpdate(
                    sequence: 1, columnVersion: 1, columnReference: next.hash, release: release, loss: nil,
                    next: next)),
        ]
        let whole = try TemporaryJournal(durability, held)
        let partial = try TemporaryJournal(durability, held)
        let withoutColumn = [changes[0], changes[2]]
        return Benchmark(
            "journal \(durability.rawValue)", "d = \(dimension), 2 x \(release.count) B",
            against: "without the column's release"
        ) {
            try whole.journal.append(changes)
        } baseline: {
            try partial.journal.append(withoutColumn)
        }
    }

    /// A journal of one task in a folder of its own, removed with this object.
    private final class TemporaryJournal {
        let journal: SiteJournal
        private let folder: String

        init(_ durability: JournalDurability, _ held: Reference) throws {
            let plan = try StudyPlan(
                name: "study", digest: Array(repeating: 7, count: 32), dimension: held.value.count,
                tasks: [StudyPlan.Task(name: task, owner: site)], regularizer: Regularizer(.nuclear),
                lambda: 1, splitting: .backwardForward(BackwardForward(eta: 0.1)), relaxation: 0.9,
                relaxationPolicy: .constant, mode: .asynchronous, encoding: .float32, normBound: 1e6,
                stoppingRule: StoppingRule(maximumUpdateCount: 10, residualTolerance: nil))
            folder = FileManager.default.temporaryDirectory.path + "/atoll-journal-\(UUID().uuidString)"
            journal = try SiteJournal(folder: folder, plan: plan, site: site, durability: durability)
            try journal.append([
                .task(
                    SiteTaskState(
                        name: task, nextSequence: 1, columnReference: held, updateReference: held,
                        pending: nil))
            ])
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }
}
