internal import Federation
internal import SiteAgent
internal import TestSupport
internal import Testing

@Suite("A site's acceptances go on where an earlier process left them")
struct SiteResultsTests {
    private let folder: TemporaryFolder
    private let plan: StudyPlan

    init() throws {
        folder = try TemporaryFolder()
        plan = try TestStudy().plan
    }

    private var path: String { folder.file("acceptances.jsonl") }

    private func open(tailByteCount: Int = SiteLimits.acceptanceTailByteCount) throws -> SiteResults {
        try SiteResults(
            folder: folder.path, site: SiteName("east"), plan: plan, acceptanceTailByteCount: tailByteCount)
    }

    private func acceptance(_ sequence: UInt64) -> Acceptance {
        Acceptance(task: TaskName("t"), sequence: sequence, version: sequence, staleness: 0, relaxation: 1)
    }

    private func record(_ sequences: [UInt64], in results: SiteResults) throws {
        for sequence in sequences { try results.record(acceptance(sequence)) }
        try results.flush()
    }

    @Test("lines that the machine's end left unreadable are counted and left, and the others count")
    func unreadableLines() throws {
        try record([1, 2], in: open())
        let lines = try text(of: path).split(separator: "\n")
        // A page that was not written, a line of another kind, and one that was.
        let damaged = "\(lines[0])\n\0\0\0\0taleness\":0}\n{\"task\":\"t\"}\n\(lines[1])\n"
        _ = try folder.write(damaged, to: "acceptances.jsonl")
        let results = try open()
        #expect(results.unreadableCount == 2)
        try record([2, 3], in: results)
        let written = try text(of: path)
        #expect(written.hasPrefix(damaged))
        #expect(written.split(separator: "\n").count == 5, "the second was known, the third is new")
    }

    @Test("a step's error bound stands beside its loss, where it is not exact")
    func errorBound() throws {
        let results = try open()
        try results.record(loss: 2, errorBound: 0, task: TaskName("t"))
        try results.record(loss: 1, errorBound: 1e-11, task: TaskName("t"))
        try results.flush()
        let lines = try text(of: folder.file("losses.jsonl")).split(separator: "\n")
        #expect(lines.count == 2 && !lines[0].contains("error_bound"))
        #expect(lines[1].contains("\"error_bound\":1e-11"))
    }

    @Test("the newest acceptances are looked for in so many bytes at the end", arguments: [-1, 0, 1])
    func tail(offset: Int) throws {
        try record([1, 2], in: open())
        let lines = try text(of: path).split(separator: "\n", omittingEmptySubsequences: false)
        // With its line feed and the one before it, which shows where it begins.
        let results = try open(tailByteCount: lines[1].utf8.count + 2 + offset)
        try record([2], in: results)
        #expect(try text(of: path).split(separator: "\n").count == (offset < 0 ? 3 : 2))
        #expect(results.unreadableCount == 0)
    }
}
