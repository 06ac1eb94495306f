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

    @Test("a task whose budget is spent is counted, and is not waited for")
    func spent() throws {
        let board = StatusBoard(plan: try TestStudy(isPrivate: true).plan)
        Self.record(5, on: board)
        var read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_study_spent_tasks") == 0)
        #expect(read.value("atoll_fixed_point_residual") == nil, "one of six tasks was never heard")
        board.record(.spent(TaskName("task-1")))
        board.record(.spent(TaskName("task-2")))
        board.record(.ledgerChanged(SiteName("north")))
        Self.record(1, on: board)
        read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_study_spent_tasks") == 1, "an update of the other came after all")
        #expect(read.value("atoll_fixed_point_residual") == 1)
        let page = board.content.page()
        for text in ["task-1 (spent)", "north brought another privacy ledger"] {
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
        #expect(board.content.page().contains("sum of losses") == isReported)
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
        status.record(.regularizerValue(0.5, version: 23), at: .zero)
        #expect(status.objectives.points.last.map { [$0.x, $0.y] } == [23, 123.5])
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

    @Test("factors of the proximal operator are counted with their time and age, and shown once there is one")
    func refreshes() throws {
        let board = StatusBoard(plan: try TestStudy(settings: ["maximum_factor_age=3"]).plan)
        #expect(!board.content.page().contains("Prox factors"))
        for (age, isDecomposition) in [(0, true), (3, false), (2, false)] {
            board.recordRefresh(
                FactorRefreshRecord(
                    duration: .milliseconds(3), isDecomposition: isDecomposition, replacedAge: age, age: 1))
        }
        let read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_factor_refresh_duration_seconds_count") == 3)
        #expect(read.value("atoll_factor_refresh_duration_seconds_bucket", ["le": "0.005"]) == 3)
        #expect(read.value("atoll_factor_decompositions_total") == 1)
        #expect(read.value("atoll_factor_age_versions_bucket", ["le": "2"]) == 2)
        #expect(read.value("atoll_factor_age_versions_sum") == 5)
        #expect(board.content.page().contains("at most 3 versions old, of 3 allowed"))
    }

    @Test("commits are timed, and a study that goes on from a stored state says so")
    func resumed() throws {
        let board = StatusBoard(plan: try TestStudy().plan)
        board.recordCommit(updateCount: 1, duration: .milliseconds(3))
        var read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_commit_duration_seconds_count") == 1)
        #expect(read.value("atoll_study_version") == 0)
        board.resumed(try Self.stored(TestStudy().plan))
        read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_study_version") == 4_322)
        let page = board.content.page()
        #expect(page.contains("goes on from version 4322"))
        #expect(page.contains("since this process began") && page.contains("not seen since the restart"))
    }

    /// A state with something to count on from: every task was heard but the second, which was given up.
    private static func stored(_ plan: StudyPlan) throws -> AggregatorState {
        var state = AggregatorState(
            instance: try #require(
                InstanceIdentifier(bytes: [UInt8](repeating: 1, count: InstanceIdentifier.byteCount))),
            dimension: plan.dimension, taskCount: plan.tasks.count)
        state.progress.version = 4_322
        state.progress.statistics.duplicateCount = 3
        state.progress.statistics.sequenceGapCount = 2
        state.progress.statistics.sitesBehindCount = 1
        state.progress.statistics.refusalCounts = [.normBound: 5]
        for index in state.tasks.indices where index != 1 { state.tasks[index].squaredResidual = 5 }
        state.tasks[1].isAbandoned = true
        state.tasks[0].isFetched = true
        return state
    }

    @Test("after a restart what the store counted is counted on")
    func restored() throws {
        let board = StatusBoard(plan: try TestStudy().plan)
        board.resumed(try Self.stored(TestStudy().plan))
        board.record(.duplicate(TaskName("task-1"), sequence: 3))
        board.record(.refused(SiteName("south"), Refusal(.normBound, message: "too large")))
        board.record(.fetched(TaskName("task-3")))
        let read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_duplicates_total") == 4)
        #expect(read.value("atoll_sequence_gaps_total") == 2 && read.value("atoll_sites_behind_total") == 1)
        #expect(read.value("atoll_refusals_total", ["code": "normBound"]) == 6)
        #expect(read.value("atoll_models_fetched") == 2)
        #expect(read.value("atoll_study_abandoned_tasks") == 1)
        // Of the five tasks that count.
        #expect(read.value("atoll_fixed_point_residual") == 5)
        // A task that writes again is not given up any more.
        board.record(Self.update(4_323, task: "task-2"))
        #expect(try MetricsReader(board.content.metrics()).value("atoll_study_abandoned_tasks") == 0)
    }

    @Test("the page counts gaps, sites that were behind, and rounds without a task")
    func disturbances() throws {
        let board = StatusBoard(plan: try TestStudy().plan)
        let words = ["counter was ahead", "counter was behind", "went on without a task"]
        for text in words { #expect(!board.content.page().contains(text), "\(text)") }
        board.resumed(try Self.stored(TestStudy().plan))
        board.record(.siteBehind(TaskName("task-1"), expected: 9, joined: 4))
        board.record(.siteBehind(TaskName("task-2"), expected: 9, joined: 0))
        for round in UInt64(1)...4 { board.record(.absent([TaskName("task-1")], round: round)) }
        let page = board.content.page()
        for (text, count) in zip(words, [2, 3, 4]) {
            let cell = "<td class=\"number\" data-label=\"How often, or when\">\(count)</td>"
            #expect(page.contains("\(text)</span></th>\(cell)"), "\(text): \(count)")
        }
        for text in ["joined with 4, and 9 was expected", "joined without its state, and 9 was expected"] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test("the residual is there once every task was heard, or is not waited for any more")
    func residual() throws {
        var status = StudyStatus(plan: try TestStudy().plan, at: .zero)
        for version in UInt64(1)...5 {
            status.record(Self.update(version, task: "task-\(version)"), at: .zero)
            #expect(status.residual == nil && status.residuals.count == 0)
        }
        var other = status
        status.record(Self.update(6, task: "task-6"), at: .zero)
        #expect(status.residual == 1.0 / 6 && status.residuals.count == 1)
        other.record(.abandoned(TaskName("task-6")), at: .zero)
        other.record(Self.update(6, task: "task-1"), at: .zero)
        #expect(other.residual == 1.0 / 6 && other.residuals.count == 1)
    }

    @Test("that a connection ended is no sign of its site")
    func leaving() throws {
        var status = StudyStatus(plan: try TestStudy().plan, at: .zero)
        status.record(.joined(SiteName("north"), taskCount: 2), at: .seconds(1))
        status.record(.left(SiteName("north")), at: .seconds(60))
        let site = try #require(status.sites.first { $0.name == SiteName("north") })
        #expect(!site.isConnected && site.lastContact == .seconds(1))
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
