internal import Federation
internal import MultiTaskLearning
internal import OperatorEndpoint
internal import Reporting
internal import Transport

/// Everything that a page or a list of metrics is made from.
struct StatusSnapshot: Sendable {
    let plan: StudyPlan
    let status: StudyStatus
    let transport: StatusBoard.Traffic
    let process: ProcessMetrics
    /// On the board's clock.
    let now: Duration
    /// What the board's clock calls zero.
    let startTime: Timestamp

    var readiness: OperatorContent.Readiness {
        guard status.isListening else { return .unready("the exchange does not listen yet") }
        if case .ended = status.phase {
            return .unready("the study ended without a result (\(status.phase.reason))")
        }
        return .ready
    }

    // MARK: Page

    func page() -> StatusPage {
        var page = StatusPage(title: plan.name, badge: badge)
        page.isLive = status.phase == .running
        page.details = details
        page.facts = facts
        page.sections = [residuals]
        if plan.reportsLoss { page.sections.append(losses) }
        page.sections += [sites, disturbances, tasks]
        return page
    }

    private var badge: StatusPage.Badge {
        switch status.phase {
        case .running: status.isListening ? .init("running", .good) : .init("starting", .neutral)
        case .finished: .init("finished: \(status.phase.reason)", .good)
        case .ended: .init("ended: \(status.phase.reason)", .bad)
        }
    }

    private var details: [String] {
        let mode: String
        switch plan.mode {
        case .asynchronous: mode = "asynchronous"
        case .synchronous: mode = "synchronous"
        }
        var details = [
            mode, isDouglasRachford ? "Douglas-Rachford" : "backward-forward",
            StatusText.count(plan.tasks.count, of: "task") + " at "
                + StatusText.count(status.sites.count, of: "site"),
            "\(StatusText.count(plan.dimension)) model rows", "up for \(StatusText.duration(now))",
        ]
        if status.resumedVersion != nil {
            details.append("curves, traffic and the tables of sites and tasks are since this process began")
        }
        return details
    }

    private var facts: [StatusPage.Fact] {
        let connectedCount = status.sites.count { $0.isConnected }
        let refusalCount = status.refusalCounts.values.reduce(0, +)
        let rate = status.rate.rate(at: now)
        var facts: [StatusPage.Fact] = [
            .init("Version", StatusText.count(status.version), note: versionNote),
            .init(
                "Updates a second",
                rate < 100 ? NumberText.significant(rate, digits: 3) : StatusText.number(rate.rounded()),
                note: "over the last \(AggregatorLimits.rateWindowSeconds) s"),
            .init("Sites connected", "\(connectedCount) of \(status.sites.count)"),
            .init(
                "Residual", status.residual.map { NumberText.significant($0, digits: 3) } ?? "–",
                note: stopNote),
            .init(
                "Received", NumberText.bytes(transport.bytes.read),
                note: "sent \(NumberText.bytes(transport.bytes.written))"),
            .init(
                "Refusals", StatusText.count(refusalCount),
                note:
                    "\(StatusText.count(transport.statistics.failureCounts.values.reduce(0, +))) handshakes failed"
            ),
        ]
        if isDouglasRachford {
            facts.append(
                .init(
                    "gamma", status.gamma.map { NumberText.significant($0, digits: 4) } ?? "–",
                    note: "changes in the first \(GammaRule.lastEpoch) epochs at most"))
        }
        if plan.choosesEta {
            facts.append(
                .init(
                    "eta", status.eta.map { NumberText.significant($0, digits: 4) } ?? "–",
                    note: status.eta == nil ? "waits for every task's Lipschitz constant" : "chosen: 1.9 / L")
            )
        }
        if status.refreshSeconds.count > 0 {
            facts.append(
                .init(
                    "Prox factors", StatusText.count(status.refreshSeconds.count),
                    note:
                        "at most \(StatusText.count(status.largestFactorAge, of: "version")) old, of "
                        + "\(plan.factorPolicy.maximumAge) allowed"))
        }
        if status.phase != .running {
            facts.insert(
                .init("Models fetched", "\(status.fetchedCount) of \(plan.tasks.count)"), at: 1)
        }
        return facts
    }

    private var isDouglasRachford: Bool {
        if case .douglasRachford = plan.splitting { true } else { false }
    }

    private var versionNote: String {
        if let resumed = status.resumedVersion { return "resumed at \(StatusText.count(resumed))" }
        return plan.stoppingRule.maximumUpdateCount.map { "of at most \(StatusText.count($0))" } ?? ""
    }

    private var stopNote: String {
        plan.stoppingRule.residualTolerance.map {
            "ends at \(NumberText.significant($0, digits: 3)) of \(isDouglasRachford ? "|Y|" : "|V|")"
        } ?? ""
    }

    private var residuals: StatusPage.Section {
        .figure(
            curve(
                "Fixed-point residual", yLabel: "residual \(isDouglasRachford ? "|Y − P|" : "|U − V|")",
                scale: .logarithmic, status.residuals),
            note:
                "Distance of the tasks' newest updates from the model; it falls to zero where the study converges"
                + (plan.isPrivate
                    ? ", but for the noise. Tasks that are given up or spent leave the sum."
                    : ". Tasks that are given up leave the sum.")
        )
    }

    private var losses: StatusPage.Section {
        .figure(
            LinePlot(
                title: "Objective", xLabel: "version", yLabel: "loss, objective",
                series: [
                    LinePlot.Series(name: "sum of losses", points: status.losses.points),
                    LinePlot.Series(name: "objective", points: status.objectives.points),
                ]),
            note:
                "Sum of the tasks' newest weighted losses, which this study lets sites report, each of the column that its "
                + "site had (with Douglas-Rachford, of its answer); the objective, at the end of each epoch, adds lambda "
                + "times the regularizer at the model."
        )
    }

    private func curve(
        _ title: String, yLabel: String, scale: PlotScale, _ thinned: CurveThinner
    ) -> LinePlot {
        LinePlot(
            title: title, xLabel: "version", yLabel: yLabel, yScale: scale,
            series: [LinePlot.Series(name: yLabel, points: thinned.points)])
    }

    private var sites: StatusPage.Section {
        var table = StatusTable([
            .text("Site"), .text("Connection"), .number("Last contact"), .number("Tasks"), .number("Updates"),
            .number("Staleness"), .number("Step size"), .number("Refusals"),
        ])
        for site in status.sites {
            let hasUpdates = site.updateCount > 0
            let mean = site.stalenessSum / Double(max(site.updateCount, 1))
            table.append([
                .text(site.name.rawValue), connection(of: site),
                .text(
                    site.lastContact.map { StatusText.ago(now - $0) }
                        ?? (status.resumedVersion == nil ? "never" : "–")),
                .text(StatusText.count(site.taskCount)), .text(StatusText.count(site.updateCount)),
                .text(hasUpdates ? "\(NumberText.fixed(mean, decimals: 1)) / \(site.staleness)" : "–"),
                .text(hasUpdates ? NumberText.significant(site.relaxation, digits: 3) : "–"),
                .text(StatusText.count(site.refusalCount)),
            ])
        }
        return .table(
            title: "Sites", table,
            note:
                "Staleness, mean / last: versions between the model that a column is of and the update from it. Step size: "
                + "the relaxation of the last step.")
    }

    private func connection(of site: StudyStatus.Site) -> StatusTable.Cell {
        if site.isConnected { return .state("connected", .good) }
        if site.joinCount == 0 {
            return .state(
                status.resumedVersion == nil ? "not seen yet" : "not seen since the restart", .neutral)
        }
        return .state("away", status.phase == .running ? .warning : .neutral)
    }

    private var tasks: StatusPage.Section {
        var table = StatusTable([
            .text("Task"), .text("Site"), .number("Updates"), .number("Staleness"), .number("Delay"),
            .number("Step size"),
        ])
        for task in status.tasks {
            let hasUpdates = task.updateCount > 0
            table.append([
                task.isAbandoned
                    ? .state(task.name.rawValue + " (given up)", .warning)
                    : .text(task.name.rawValue + (task.isSpent ? " (spent)" : "")),
                .text(status.sites[task.site].name.rawValue), .text(StatusText.count(task.updateCount)),
                .text(hasUpdates ? "\(task.staleness)" : "–"),
                .text(hasUpdates ? NumberText.significant(task.delay * 1_000, digits: 3) + " ms" : "–"),
                .text(hasUpdates ? NumberText.significant(task.relaxation, digits: 3) : "–"),
            ])
        }
        return .table(title: "Tasks", table, note: "Each task's newest update.")
    }

    private var disturbances: StatusPage.Section {
        var table = StatusTable([.text("What"), .number("How often, or when")])
        for code in Refusal.Code.allCases {
            if let count = status.refusalCounts[code] {
                table.append([.state("refused: \(code)", .warning), .text(StatusText.count(count))])
            }
        }
        for (code, count) in failures where count > 0 {
            table.append([.state("handshake failed: \(code)", .warning), .text(StatusText.count(count))])
        }
        let counts: [(text: String, count: Int, isWarning: Bool)] = [
            ("sequence gaps: a site's counter was ahead", status.sequenceGapCount, true),
            ("sites behind: a site's counter was behind", status.siteBehindCount, true),
            ("rounds that went on without a task", status.absenceCount, true),
            ("duplicates answered, not applied", status.duplicateCount, false),
            ("sessions replaced by a newer one of the same key", transport.statistics.replacedCount, false),
            (
                "sessions refused because their key's flap",
                transport.statistics.refusedReplacementCount, false
            ),
        ]
        for (text, count, isWarning) in counts where count > 0 {
            table.append([.state(text, isWarning ? .warning : .neutral), .text(StatusText.count(count))])
        }
        for event in status.events.reversed() {
            table.append([
                .state(event.text, event.isWarning ? .warning : .neutral),
                .text(StatusText.ago(now - event.time)),
            ])
        }
        return .table(
            title: "Refusals and events", table,
            note: table.isEmpty ? "Nothing out of the ordinary so far." : "")
    }

    var failures: [(code: String, count: Int)] {
        ServerFailure.allCodes.map { ($0.rawValue, transport.statistics.failureCounts[$0] ?? 0) }
    }
}
