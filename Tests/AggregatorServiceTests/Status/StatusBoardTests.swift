internal import AggregatorStorage
internal import OperatorEndpoint
internal import Reporting
internal import TestSupport
internal import Testing

@testable internal import AggregatorService
@testable internal import Federation

/// What the aggregator's operator sees, from recorded events alone.
@Suite struct StatusBoardTests {
    private static func update(
        _ version: UInt64, task: String = "task-1", staleness: UInt64 = 0, loss: Double? = nil
    ) -> AppliedUpdate {
        AppliedUpdate(
            version: version, task: TaskName(task), sequence: version, columnVersion: version - 1,
            staleness: staleness, delay: 0.004, relaxation: 0.9, residual: 1 / Double(version),
            releaseHash: [], releaseByteCount: 100,
            release: [UInt8](repeating: 0, count: 100), loss: loss, time: .milliseconds(Int(version)))
    }

    private static func record(_ count: UInt64, on board: StatusBoard, losses: Bool = false) {
        for version in 1...count {
            board.record(
                update(
                    version, task: "task-\(version % 6 + 1)", staleness: version % 7,
                    loss: losses ? 1_234.5 / Double(version) : nil))
        }
    }

    @Test("counts of updates, sites and refusals are what was recorded")
    func counts() throws {
        let board = StatusBoard(plan: try TestStudy().plan)
        board.record(.joined(SiteName("north"), taskCount: 2))
        board.record(.joined(SiteName("south"), taskCount: 2))
        board.record(.left(SiteName("south")))
        Self.record(12, on: board)
        board.record(.refused(SiteName("south"), Refusal(.normBound, message: "too large")))
        board.record(.duplicate(TaskName("task-1"), sequence: 3))
        board.record(.sequenceGap(TaskName("task-1"), expected: 4, taken: 9))
        board.record(.abandoned(TaskName("task-2")))
        let read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_updates_applied_total") == 12)
        #expect(read.value("atoll_study_version") == 12)
        #expect(read.value("atoll_site_connected", ["site": "north"]) == 1)
        #expect(read.value("atoll_site_connected", ["site": "south"]) == 0)
        #expect(read.value("atoll_site_connected", ["site": "east"]) == 0)
        #expect(read.value("atoll_site_updates_applied_total", ["site": "north"]) == 4)
        #expect(read.value("atoll_refusals_total", ["code": "normBound"]) == 1)
        #expect(read.value("atoll_refusals_total", ["code": "malformed"]) == 0)
        #expect(read.value("atoll_site_refusals_total", ["site": "south"]) == 1)
        #expect(read.value("atoll_duplicates_total") == 1 && read.value("atoll_sequence_gaps_total") == 1)
        #expect(read.value("atoll_study_abandoned_tasks") == 1)
        #expect(read.value("atoll_release_bytes_total") == 1_200)
        #expect(read.value("atoll_update_staleness_versions_count") == 12)
        #expect(read.value("atoll_update_staleness_versions_bucket", ["le": "0"]) == 1)
        #expect(read.value("atoll_handshake_failures_total", ["reason": "unauthorizedKey"]) == 0)
        #expect(read.value("atoll_study_phase", ["phase": "running"]) == 1)
        #expect(try #require(read.value("process_resident_memory_bytes")) > 0)
        let page = board.content.page()
        for text in [
            "three-sites", "north", "1 of 3", "refused: normBound", "sequence gap of task task-1",
            "9 is taken",
        ] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test("a page stays as small however long the study runs")
    func bounded() throws {
        let board = StatusBoard(plan: try TestStudy(settings: ["report=[loss]"]).plan)
        Self.record(2_000, on: board, losses: true)
        let early = board.content.page().utf8.count
        Self.record(60_000, on: board, losses: true)
        #expect(board.content.page().utf8.count < 2 * early)
        #expect(early < 120_000)
    }

    @Test("the newest events are kept", arguments: [-1, 0, 1])
    func events(beyond: Int) throws {
        var status = StudyStatus(plan: try TestStudy().plan, at: .zero)
        for number in 0..<(AggregatorLimits.eventCount + beyond) {
            status.record(.sequenceGap(TaskName("task-1"), expected: 0, taken: UInt64(number)), at: .zero)
        }
        #expect(status.events.count == min(AggregatorLimits.eventCount + beyond, AggregatorLimits.eventCount))
        #expect(status.events.first?.text.contains(": 0 was expected and \(max(beyond, 0)) is taken") == true)
        #expect(status.sequenceGapCount == AggregatorLimits.eventCount + beyond)
    }

    @Test("losses are shown only where the study lets sites report them", arguments: [false, true])
    func losses(isReported: Bool) throws {
        let board = StatusBoard(plan: try TestStudy(settings: isReported ? ["report=[loss]"] : []).plan)
        Self.record(50, on: board, losses: isReported)
        #expect(board.content.page().contains("Reported losses") == isReported)
        #expect(!board.content.metrics().contains("loss"))
    }

    @Test("the sum of losses is that of the tasks' newest, whatever came before")
    func lossSum() throws {
        var status = StudyStatus(plan: try TestStudy(settings: ["report=[loss]"]).plan, at: .zero)
        for version in UInt64(1)...23 {
            status.record(
                Self.update(version, task: "task-\(version % 6 + 1)", loss: Double(version)), at: .zero)
            #expect((status.losses.count > 0) == (version >= 6))
        }
        #expect(status.losses.points.last.map { [$0.x, $0.y] } == [23, 18 + 19 + 20 + 21 + 22 + 23])
    }

    @Test("a site's name is escaped in the page and in labels")
    func names() throws {
        let plan = try TestStudy().plan
        let name = "a\"b<i>\\"
        let hostile = try StudyPlan(
            name: name, digest: plan.digest, dimension: plan.dimension,
            tasks: [.init(name: TaskName("<b>t"), owner: SiteName(name))], regularizer: plan.regularizer,
            lambda: plan.lambda, splitting: plan.splitting, relaxation: plan.relaxation,
            relaxationPolicy: plan.relaxationPolicy, mode: plan.mode, encoding: plan.encoding,
            normBound: plan.normBound, stoppingRule: plan.stoppingRule)
        let board = StatusBoard(plan: hostile)
        board.record(.abandoned(TaskName("<b>t")))
        #expect(!board.content.page().contains("<i>") && !board.content.page().contains("<b>"))
        let read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_site_connected", ["site": name]) == 0)
    }

    @Test("series of sites have a bound; the totals have not", arguments: [-1, 0, 1])
    func siteSeries(beyond: Int) throws {
        let count = AggregatorLimits.siteSeriesCount + beyond
        let plan = try TestStudy().plan
        let many = try StudyPlan(
            name: "many", digest: plan.digest, dimension: plan.dimension,
            tasks: (0..<count).map { .init(name: TaskName("t\($0)"), owner: SiteName("s\($0)")) },
            regularizer: plan.regularizer, lambda: plan.lambda, splitting: plan.splitting,
            relaxation: plan.relaxation, relaxationPolicy: plan.relaxationPolicy, mode: plan.mode,
            encoding: plan.encoding, normBound: plan.normBound, stoppingRule: plan.stoppingRule)
        let read = try MetricsReader(StatusBoard(plan: many).content.metrics())
        #expect(
            read.samples.count { $0.name == "atoll_site_connected" }
                == min(count, AggregatorLimits.siteSeriesCount))
        #expect(read.value("atoll_study_sites") == Double(count))
        #expect(read.value("atoll_sites_without_series") == Double(max(beyond, 0)))
    }

    @Test("readiness follows the exchange and the study")
    func readiness() throws {
        let board = StatusBoard(plan: try TestStudy().plan)
        #expect(board.content.readiness() == .unready("the exchange does not listen yet"))
        board.listening { StatusBoard.Traffic() }
        #expect(board.content.readiness() == .ready)
        board.record(.stopped(.finished(.residual), version: 7))
        #expect(board.content.readiness() == .ready)
        board.record(.stopped(.ended(.absent([TaskName("task-1")])), version: 7))
        #expect(
            board.content.readiness() == .unready("the study ended without a result (absent: task-1)"))
    }

    @Test("commits are timed, and a study that goes on from a stored state says so")
    func resumed() throws {
        let board = StatusBoard(plan: try TestStudy().plan)
        board.recordCommit(updateCount: 1, duration: .milliseconds(3))
        var read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_commit_duration_seconds_count") == 1)
        #expect(read.value("atoll_study_version") == 0)
        var progress = StudyProgress()
        progress.version = 4_322
        board.resumed(progress)
        read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_study_version") == 4_322)
        #expect(board.content.page().contains("goes on from version 4322"))
    }

    @Test("the rate counts the last seconds only")
    func rate() {
        var window = RateWindow(seconds: 10, start: .zero)
        #expect(window.rate(at: .zero) == 0)
        for index in 0..<100 { window.record(at: .milliseconds(10 * index)) }
        #expect(window.rate(at: .seconds(1)) == 100)
        #expect(window.rate(at: .seconds(5)) == 20)
        for second in 1..<30 { window.record(at: .seconds(second)) }
        // The nine seconds before this one and the part of it that has passed.
        #expect(abs(window.rate(at: .milliseconds(29_500)) - 10 / 9.5) < 1e-12)
        #expect(window.rate(at: .seconds(60)) == 0)
    }
}
