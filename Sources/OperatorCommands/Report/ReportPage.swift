internal import Configuration
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Reporting

/// The report of a run: one page of HTML that needs nothing but itself.
///
/// What is on it follows from the run's folder alone, so that the same folder gives the same page.
struct ReportPage {
    let run: RunRecord

    /// The name of the file in a run's folder.
    static let fileName = "report.html"

    var html: String {
        let title = MarkupText.escaped("\(run.study.name): report")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <title>\(title)</title>
            <style>
            \(PlotStyle.css)\(Self.css)</style>
            </head>
            <body>
            \(header)<main>
            \(keyFigures)\(convergence)\(scores)\(traffic)\(sites)\(facts)</main>
            <footer><p>Written by Atoll \(AtollVersion.current) from the files beside it; \
            <code>atoll report</code> writes it again.</p></footer>
            </body>
            </html>

            """
    }

    // MARK: Parts

    private var header: String {
        let study = run.study
        let text =
            "\(Self.counted(study.tasks.count, "task")) at \(Self.counted(study.sites.count, "site")), "
            + "\(study.mode.rawValue), coupled by the \(study.regularizer.rawValue) regularizer with lambda "
            + PlainNumber.text(study.lambda)
        return """
            <header>
            <p class="eyebrow">Atoll · report of a run</p>
            <h1>\(MarkupText.escaped(study.name))</h1>
            <p class="lead">\(MarkupText.escaped(text)).</p>
            <p class="state">\(MarkupText.escaped(state))</p>
            </header>

            """
    }

    private var state: String {
        let phase = run.summary["phase"]?.stringValue ?? "unknown"
        return switch run.summary["reason"]?.stringValue {
        case "residual": "\(phase): the residual reached its bound"
        case "updates": "\(phase): the cap on updates was reached"
        case "operator": "\(phase): by the operator"
        case "budgets spent": "\(phase): no task has a release left in its budget"
        case .some(let reason) where !reason.isEmpty: "\(phase): \(reason)"
        default: phase
        }
    }

    private var keyFigures: String {
        var items = ""
        func add(_ label: String, _ value: String?, _ note: String = "") {
            guard let value else { return }
            items += "<div><dt>\(MarkupText.escaped(label))</dt><dd>\(MarkupText.escaped(value))"
            items += note.isEmpty ? "" : "<small>\(MarkupText.escaped(note))</small>"
            items += "</dd></div>\n"
        }
        let number = { (key: String, digits: Int) in
            run.number(key).map { PlainNumber.text($0, digits: digits) }
        }
        let updates = run.number("updates") ?? 0
        add(
            "Updates", number("updates", 12), number("epochs", 4).map { "\($0) epochs" } ?? "")
        let rate = run.number("exchange_seconds").flatMap { $0 > 0 ? updates / $0 : nil }
        add(
            "Wall time", number("wall_seconds", 3).map { "\($0) s" },
            rate.map { "\(PlainNumber.text($0, digits: 3)) updates a second" } ?? "")
        add(
            "Relative residual", number("residual", 3),
            run.study.stop.residual.map { "stops at \(PlainNumber.text($0))" } ?? "")
        add(
            "Above the optimum", number("relative_suboptimality", 3), "relative; the optimum is known")
        add("Objective", number("objective", 8), "of the final model")
        add(
            "Mean staleness", number("staleness_mean", 3),
            number("staleness_max", 12).map { "largest \($0)" } ?? "")
        add(
            "Bytes up, an update", number("bytes_up_per_update", 4).map { "\($0) B" },
            run.study.dimension.map { "raw float64: \($0 * 8) B" } ?? "")
        add("Restarts", number("restarts", 12), "of processes")
        return "<section aria-label=\"Key figures\"><dl class=\"figures\">\n\(items)</dl></section>\n"
    }

    private var convergence: String {
        // The history has the residual, and the summary the same over |V| or |Y|: the two tell that at the end.
        let norm =
            run.number("residual").flatMap {
                $0 > 0 && run.history.lastResidual > 0 ? run.history.lastResidual / $0 : nil
            }
        let residual = run.study.splitting == .douglasRachford ? "|Y \u{2212} P|" : "|U \u{2212} V|"
        let label = norm == nil ? "residual \(residual)" : "relative residual"
        func plot(_ title: String, _ xLabel: String, _ curve: CurveThinner) -> LinePlot {
            let points = curve.points.map { (x: $0.x, y: $0.y / (norm ?? 1)) }
            var series = [LinePlot.Series(name: "residual", points: points)]
            if norm != nil, let bound = run.study.stop.residual, let first = points.first,
                let last = points.last
            {
                series.append(LinePlot.Series(name: "stops at", points: [(first.x, bound), (last.x, bound)]))
            }
            return LinePlot(title: title, xLabel: xLabel, yLabel: label, yScale: .logarithmic, series: series)
        }
        var figures =
            plot("Residual against updates", "accepted updates", run.history.residualByUpdate).figure()
            + plot("Residual against time", "seconds since the study began", run.history.residualByTime)
            .figure()
        if let losses = run.losses {
            figures += LinePlot(
                title: "Objective against updates", xLabel: "accepted updates",
                yLabel: "weighted loss, summed over tasks",
                series: [
                    LinePlot.Series(name: "loss", points: losses.sumByUpdate.points),
                    LinePlot.Series(name: "objective", points: losses.objectiveByUpdate.points),
                ]
            ).figure(
                note:
                    "The newest report of each task, and with lambda times the regularizer at the ends of epochs."
            )
        }
        var note =
            "The distance of the tasks' newest updates from the columns that they changed, \(residual), from where "
            + "every task was heard. It vanishes only at the optimum; a task that is given up leaves the sum."
        if run.study.privacy != nil { note += " Noise keeps it from vanishing." }
        if let end = run.history.curveEnd {
            note +=
                " It ends at update \(end), the last of the first task whose budget was spent: behind it the sum has fewer "
                + "tasks."
        }
        if let norm {
            note +=
                " It is divided by |V| at the end, \(PlainNumber.text(norm, digits: 4)), so that its last value is the "
                + "residual above."
        }
        if run.history.restartCount > 0 {
            note +=
                " The study began again \(Self.counted(run.history.restartCount, "time")), as its aggregator lost its "
                + "state; what is shown followed the last beginning."
        }
        return section("Convergence", note: note, "<div class=\"pair\">\(figures)</div>\n")
    }

    private var traffic: String {
        var figures = Histogram(
            title: "Staleness", xLabel: "updates of others since the column was computed", yLabel: "updates",
            distribution: run.history.staleness
        ).figure()
        if let raw = run.rawByteCount, let up = run.number("bytes_up"), let down = run.number("bytes_down") {
            let unit = ByteUnit(for: max(raw, up, down))
            figures += BarChart(
                title: "Bytes on the wire", valueLabel: unit.name, rowsLabel: "direction",
                series: ["sent", "raw float64"],
                rows: [
                    PlotRow(name: "to the aggregator", values: [up / unit.size, raw / unit.size]),
                    PlotRow(name: "to the sites", values: [down / unit.size, raw / unit.size]),
                ]
            ).figure(
                note:
                    "Sent: the WebSocket frames of authenticated connections, with their handshakes, joins, full and "
                    + "final columns and repetitions; not what TCP, TLS and HTTP add. Raw: "
                    + "\(PlainNumber.text(run.number("updates") ?? 0, digits: 12)) updates × "
                    + "\(run.study.dimension ?? 0) numbers × 8 bytes each way: the exchange of the updates alone, without joins, final columns "
                    + "and all that is around them.")
        }
        return section("Staleness and traffic", note: "", "<div class=\"pair\">\(figures)</div>\n")
    }

    private var sites: String {
        var table = MarkupTable([
            ("site", .left), ("tasks", .right), ("records to train", .right), ("held out", .right),
            ("accepted updates", .right), ("outcome", .left),
        ])
        for site in run.sites {
            table.append([
                site.name, "\(site.tasks.count)", "\(site.trainCount)", "\(site.testCount)",
                site.acceptedCount.map { "\($0)" } ?? "-", site.outcome,
            ])
        }
        return section(
            "Sites",
            note:
                "Read from the folders of all sites, which only a run on one machine has: a real aggregator learns no "
                + "site's records or scores.",
            "<div class=\"card\">\(table.html)</div>\n")
    }

    private var facts: String {
        let study = run.study
        var items = ""
        func add(_ name: String, _ value: String?) {
            guard let value else { return }
            items += "<div><dt>\(MarkupText.escaped(name))</dt><dd>\(MarkupText.escaped(value))</dd></div>\n"
        }
        add("Atoll", run.summary["atoll_version"]?.stringValue)
        add("study digest", study.explanation.digest)
        add("mode", study.mode.rawValue)
        add("splitting", study.splitting.rawValue)
        let losses = Set(study.tasks.map { study.loss(of: $0).rawValue }).sorted().joined(separator: " and ")
        add("loss", "\(losses), \(study.lossScale.rawValue) over a task's records")
        add("features", study.features.rawValue)
        add("intercept", study.intercept.rawValue)
        add("model", study.dimension.map { "\($0) rows × \(study.tasks.count) tasks" })
        add("regularizer", study.regularizerDescription)
        add("lambda", PlainNumber.text(study.lambda))
        add("eta", study.choosesEta ? "auto" : study.eta.map { PlainNumber.text($0) })
        if study.splitting == .douglasRachford {
            add("gamma", study.gamma.map { PlainNumber.text($0) } ?? "chosen while running")
            add("inertia", study.inertia.map { PlainNumber.text($0) })
        }
        add("relaxation", "\(PlainNumber.text(study.relaxation)), \(study.relaxationPolicy.rawValue)")
        add("encoding", study.encoding.rawValue)
        add("ends at", study.stop.descriptions(taskCount: study.tasks.count).joined(separator: ", or "))
        add("optimum", study.optimum.map { PlainNumber.text($0, digits: 12) })
        return section("Study", note: "", "<dl class=\"facts card\">\n\(items)</dl>\n")
    }

    /// Returns a section with its heading.
    func section(_ title: String, note: String, _ content: String) -> String {
        let text = note.isEmpty ? "" : "<p class=\"note\">\(MarkupText.escaped(note))</p>\n"
        return "<section>\n<h2>\(MarkupText.escaped(title))</h2>\n\(text)\(content)</section>\n"
    }

    static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

/// Numbers as the page's text has them.
enum PlainNumber {
    /// Returns a number with at most so many significant digits; from a thousand on with commas and at least all
    /// digits of its whole part.
    static func text(_ value: Double, digits: Int = 6) -> String {
        guard value.magnitude >= 1_000, value.magnitude < 1e15 else {
            return NumberText.significant(value, digits: digits)
        }
        let wholeDigitCount = String(Int(value.magnitude)).count
        let text = NumberText.fixed(value.magnitude, decimals: min(max(digits - wholeDigitCount, 0), 6))
        let parts = text.split(separator: ".", maxSplits: 1)
        var fraction = parts.count > 1 ? parts[1] : ""
        while fraction.last == "0" { fraction.removeLast() }
        return (value < 0 ? "-" : "") + NumberText.grouped(String(parts[0]))
            + (fraction.isEmpty ? "" : "." + fraction)
    }
}

/// The unit that fits a number of bytes.
struct ByteUnit {
    let name: String
    let size: Double

    init(for count: Double) {
        let units = [("bytes", 1.0), ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824)]
        (name, size) = units.last { count >= $0.1 } ?? units[0]
    }
}
