internal import Federation
internal import OperatorEndpoint
internal import Reporting

/// Everything that an agent's page or list of metrics is made from.
struct AgentSnapshot: Sendable {
    let plan: StudyPlan
    let site: SiteName
    let status: AgentStatus
    let process: ProcessMetrics
    /// Since the board's start.
    let now: Duration

    var readiness: OperatorContent.Readiness {
        status.isConnected ? .ready : .unready(status.disconnection)
    }

    // MARK: Page

    func page() -> StatusPage {
        let badge: StatusPage.Badge =
            status.isConnected ? .init("connected", .good) : .init("not connected", .warning)
        var page = StatusPage(title: "\(site) in \(plan.name)", badge: badge)
        page.details = [
            "agent", StatusText.count(status.tasks.count, of: "task"), "up for \(StatusText.duration(now))",
        ]
        if !status.isConnected { page.details.append(status.disconnection) }
        page.facts = [
            .init("Steps computed", StatusText.count(status.stepCount)),
            .init(
                "Updates accepted", StatusText.count(status.acceptedCount),
                note: status.lastAcceptance.map { "last \(StatusText.ago(now - $0))" } ?? ""),
            .init("Sent again", StatusText.count(status.resentCount), note: "acceptances did not come"),
            .init("Connections", StatusText.count(status.connectionCount), note: "since this process began"),
            .init("Models kept", "\(status.tasks.count { $0.hasModel }) of \(status.tasks.count)"),
            .init("Refusals", StatusText.count(status.refusalCounts.values.reduce(0, +))),
        ]
        page.sections = [tasks, events]
        if plan.reportsLoss { page.sections.insert(losses, at: 0) }
        return page
    }

    private var losses: StatusPage.Section {
        .figure(
            LinePlot(
                title: "Loss on this site's records", xLabel: "step", yLabel: "sum of losses",
                series: [LinePlot.Series(name: "sum of losses", points: status.losses.points)]),
            note: "Sum of the tasks' newest losses. This study has them reported to the aggregator too.")
    }

    private var tasks: StatusPage.Section {
        var table = StatusTable(
            [
                .text("Task"), .number("Steps"), .number("Accepted"), .number("Sequence"),
                .number("Version"), .number("Staleness"), .number("Step size"),
            ] + (plan.reportsLoss ? [.number("Loss")] : []))
        for task in status.tasks {
            let acceptance = task.acceptance
            var row: [StatusTable.Cell] = [
                task.hasModel ? .state(task.name.rawValue, .good) : .text(task.name.rawValue),
                .text(StatusText.count(task.stepCount)), .text(StatusText.count(task.acceptedCount)),
                .text(acceptance.map { StatusText.count($0.sequence) } ?? "–"),
                .text(acceptance.map { StatusText.count($0.version) } ?? "–"),
                .text(acceptance.map { StatusText.count($0.staleness) } ?? "–"),
                .text(acceptance.map { NumberText.significant($0.relaxation, digits: 3) } ?? "–"),
            ]
            if plan.reportsLoss { row.append(.text(task.loss.map { StatusText.number($0) } ?? "–")) }
            table.append(row)
        }
        return .table(title: "Tasks", table, note: "Each task's newest acceptance.")
    }

    private var events: StatusPage.Section {
        var table = StatusTable([.text("What"), .number("When")])
        for event in status.events.reversed() {
            table.append([.state(event.text, .warning), .text(StatusText.ago(now - event.time))])
        }
        return .table(
            title: "Events", table, note: table.isEmpty ? "Nothing out of the ordinary so far." : "")
    }

    // MARK: Metrics

    /// The metrics in the Prometheus text format; no label is a task's name.
    func metrics() -> String {
        var metrics = MetricsText()
        metrics.add(
            .gauge, "atoll_agent_info", "The site and its study; always 1.",
            [.init([("site", site.rawValue), ("study", plan.name)], 1)])
        metrics.add(
            .gauge, "atoll_agent_connected", "Whether there is a connection to the aggregator.",
            status.isConnected ? 1 : 0)
        metrics.add(
            .counter, "atoll_agent_connections_total", "Connections to the aggregator that were confirmed.",
            status.connectionCount)
        metrics.add(.counter, "atoll_agent_joins_total", "Joins of the study.", status.joinCount)
        metrics.add(.counter, "atoll_agent_steps_total", "Steps computed on local records.", status.stepCount)
        metrics.add(
            .gauge, "atoll_agent_proximal_error_bound",
            "How far a proximal step on local records was from the exact one, at most, of all steps.",
            status.largestErrorBound)
        metrics.add(
            .counter, "atoll_agent_updates_accepted_total", "Updates that the aggregator accepted.",
            status.acceptedCount)
        metrics.add(
            .counter, "atoll_agent_updates_resent_total", "Updates that were sent again.", status.resentCount)
        if let last = status.lastAcceptance {
            metrics.add(
                .gauge, "atoll_agent_last_acceptance_timestamp_seconds",
                "When an update was last accepted, since the Unix epoch.", process.startTime + last.seconds)
        }
        metrics.add(
            "atoll_agent_update_staleness_versions",
            "Versions applied between a column's computation and the update from it.", status.staleness)
        metrics.add(
            .counter, "atoll_agent_refusals_total", "Messages that the aggregator refused, by code.",
            Refusal.Code.allCases.map { .init([("code", "\($0)")], status.refusalCounts[$0] ?? 0) })
        metrics.add(
            .counter, "atoll_agent_sequence_moves_total", "Times that the aggregator's counter was not ours.",
            status.sequenceMoveCount)
        metrics.add(
            .counter, "atoll_agent_journal_gaps_total",
            "Times that the aggregator had updates of a task that this site's journal has not.",
            status.journalGapCount)
        metrics.add(
            .counter, "atoll_agent_new_instances_total", "Times that the aggregator began a new state.",
            status.newInstanceCount)
        metrics.add(
            .counter, "atoll_agent_older_states_total",
            "Times that the aggregator came back with a state older than ours.", status.olderStateCount)
        metrics.add(.gauge, "atoll_agent_tasks", "Tasks of the site.", status.tasks.count)
        metrics.add(
            .gauge, "atoll_agent_models_kept", "Tasks whose final model is on disk.",
            status.tasks.count { $0.hasModel })
        process.write(to: &metrics)
        return metrics.text
    }
}
