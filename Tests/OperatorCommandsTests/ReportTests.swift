internal import ArgumentParser
internal import LocalFederation
internal import Reporting
internal import TestSupport
internal import Testing

@testable internal import OperatorCommands

/// The report of small runs that were written by hand.
@Suite struct ReportTests {
    /// A task's name that a study may have.
    private static let hostileTask = "<script src=x>alert('1')</script> & \"co\", inc"

    /// A run's folder with two sites of a task each.
    private struct Run {
        var tasks = ["reading", "writing"]
        var isCompared = true
        /// Of local-only models, below the second task's; those of Atoll are 1.5 and 2.5.
        var localScore = 1.75
        var metric = "rmse"
        var isHeldOut = true
        /// Whether the solvers of the models that are compared with reached their gap.
        var isConverged = true
        var reportsLoss = false
        var reason = "residual"
        var history: String?

        func write(to folder: TestSupport.TemporaryFolder) throws {
            let quoted = tasks.map { "\"" + $0.replacing("\"", with: "\\\"") + "\"" }
            try folder.write(
                """
                name: small
                tasks:
                  - {name: \(quoted[0]), site: north}
                  - {name: \(quoted[1]), site: south}
                dimension: 4
                loss: squared
                regularizer: nuclear
                lambda: 0.5
                optimum: 10
                eta: 0.1
                stop: {residual: 1e-3, updates: 100}
                report: [\(reportsLoss ? "loss" : "")]

                """, to: "study.yaml")
            var text = HistoryWriter.header + "\n"
            for version in 1...40 {
                let task = CSVText.field(tasks[version % 2])
                text +=
                    "\(Double(version) / 8),\(version),\(task),\(version % 3),0.9,\(1 / Double(version)),64\n"
            }
            try folder.write(history ?? text, to: "aggregator/history.csv")
            if reportsLoss {
                let lines = (1...40).map { version in
                    let value: JSONValue = [
                        "version": JSONValue(version), "task": JSONValue(tasks[version % 2]),
                        "loss": JSONValue(5 / Double(version)),
                    ]
                    return value.text + "\n"
                }
                let objective: JSONValue = ["version": 40, "regularizer": 0.25]
                try folder.write(lines.joined() + objective.text + "\n", to: "aggregator/losses.jsonl")
            }
            for (index, site) in ["north", "south"].enumerated() {
                let entry: JSONValue = [
                    "task": JSONValue(tasks[index]), "train_records": 36, "test_records": 4,
                ]
                let summary: JSONValue = [
                    "site": JSONValue(site), "outcome": "complete", "accepted": 20, "tasks": [entry],
                ]
                try folder.write(summary.text, to: "sites/\(site)/summary.json")
            }
            try folder.write(summary.indentedText, to: "summary.json")
        }

        private var summary: JSONValue {
            let entries = tasks.enumerated().map { index, task -> JSONValue in
                func score(_ value: Double) -> JSONObject {
                    [
                        "metric": JSONValue(metric), "value": JSONValue(value + Double(index)),
                        "held_out": JSONValue(isHeldOut),
                    ]
                }
                var entry: JSONObject = ["task": JSONValue(task), "score": .object(score(1.5))]
                if isCompared {
                    for (key, value) in [("local_score", localScore), ("all_data_score", 1.25)] {
                        var fields = score(value)
                        fields["converged"] = JSONValue(isConverged || index > 0)
                        entry[key] = .object(fields)
                    }
                }
                return .object(entry)
            }
            return [
                "atoll_version": "0.0.9", "phase": "finished", "reason": JSONValue(reason), "updates": 40,
                "epochs": 20, "residual": reason == "residual" ? 0.001 : .null, "objective": 10.5,
                "relative_suboptimality": 0.05, "staleness_mean": 1,
                "staleness_max": 2, "bytes_up": 4096, "bytes_down": 2048, "bytes_up_per_update": 102.4,
                "wall_seconds": 6.25, "exchange_seconds": 5, "restarts": 0, "tasks": .array(entries),
            ]
        }
    }

    /// Writes the run and its report; returns the page.
    private func page(_ run: Run) throws -> String {
        let folder = try TestSupport.TemporaryFolder()
        try run.write(to: folder)
        let captured = CapturedStreams()
        try ReportCommand.parse([folder.path]).run(captured.streams)
        #expect(captured.results == folder.file("report.html") + "\n")
        let page = try text(of: folder.file("report.html"))
        #expect(MarkupCheck.fault(in: page) == nil, "\(MarkupCheck.fault(in: page) ?? "")")
        try ReportCommand.parse([folder.path]).run(CapturedStreams().streams)
        #expect(try text(of: folder.file("report.html")) == page, "the same folder gives the same page")
        return page
    }

    @Test("a report has every section, with the numbers of the run")
    func sections() throws {
        let page = try page(Run())
        for text in [
            "<h1>small</h1>", "2 tasks at 2 sites, asynchronous", "finished: the residual reached its bound",
            "<h2>Convergence</h2>", "Residual against updates", "Residual against time",
            "<h2>Scores by task</h2>",
            "<h2>Staleness and traffic</h2>", "Bytes on the wire", "40 updates × 4 numbers × 8 bytes",
            "<h2>Sites</h2>", "north", "south", "<h2>Study</h2>", "0.0.9", "float32", "0.05",
            "Atoll 2, local only 2.25, all data in one place 1.75",
            "Atoll is better than local only on 2 of 2 tasks.", "not available in a real federation",
        ] { #expect(page.contains(text), "\(text)") }
        #expect(page.split(separator: "<figure>").count - 1 == 5)
        #expect(page.split(separator: "<details>").count - 1 == 5)
        #expect(!page.contains("Loss against updates") && !page.contains("began again"))
    }

    @Test("a report needs nothing but itself")
    func isSelfContained() throws {
        let page = try page(Run())
        for text in ["http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link", "<img", "//"]
        {
            #expect(!page.contains(text), "\(text)")
        }
        #expect(page.utf8.count < 100_000)
    }

    @Test("without a comparison there are no columns for it, and it is said how to get them")
    func withoutComparison() throws {
        var run = Run()
        run.isCompared = false
        let page = try page(run)
        #expect(!page.contains("all data in one place</text>") && !page.contains("local only"))
        #expect(page.contains("were not computed; `atoll run --compare` does."))
    }

    @Test(
        "tasks that do worse than local only are marked in plot, table and words, whichever way the metric goes",
        arguments: [
            ("rmse", 1.75, false), ("rmse", 1.25, true), ("accuracy", 1.75, true), ("accuracy", 1.25, false),
        ])
    func worseThanLocal(metric: String, local: Double, isWorse: Bool) throws {
        var run = Run()
        (run.metric, run.localScore) = (metric, local)
        let page = try page(run)
        let mark = "worse than local only"
        #expect(page.contains("<td>\(mark)</td>") == isWorse)
        #expect(page.contains("<path class=\"plot-flag\"") == isWorse)
        #expect(page.contains("reading, Atoll: 1.5, \(mark)") == isWorse)
        for text in [
            "On 2 of 2 tasks Atoll&#39;s score is worse than local only: reading, writing. Share less: a lambda below "
                + "0.5, which `atoll sweep`", "robust (outlier tasks)", "0 of 2 tasks, worse on 2.",
        ] { #expect(page.contains(text) == isWorse, "\(text)") }
    }

    @Test("scores on training records are not compared, and it is said what to hold out")
    func trainingScores() throws {
        var run = Run()
        (run.isHeldOut, run.localScore) = (false, 1.25)
        let page = try page(run)
        for text in ["Not compared with local only.", "data.train_fraction", "Atoll 2, local only 1.75"] {
            #expect(page.contains(text), "\(text)")
        }
        for text in [
            "orse than local only", "Share less", "Atoll is better than", "<path class=\"plot-flag\"",
        ] {
            #expect(!page.contains(text), "\(text)")
        }
    }

    @Test("a difference that only where the exchange stopped makes is none")
    func equalToLocal() throws {
        var run = Run()
        run.localScore = 1.5 * (1 - 0.9e-4)
        let page = try page(run)
        #expect(page.contains("on 0 of 2 tasks, as good on 2."))
        #expect(!page.contains("Share less"))
    }

    @Test("a score of a solver that did not reach its gap is said to be one")
    func unconverged() throws {
        let text = "The solver of all data in one place did not reach its gap on 1 task"
        #expect(try !page(Run()).contains(text))
        var run = Run()
        run.isConverged = false
        #expect(try page(run).contains(text))
    }

    @Test("losses are drawn where the study lets them be reported, and only there")
    func losses() throws {
        var run = Run()
        run.reportsLoss = true
        let page = try page(run)
        // 5/40 + 5/39 of the newest losses, and the regularizer's 0.25.
        #expect(page.contains("Objective against updates") && page.contains("0.503"))
    }

    @Test("a task's name is text, whatever is in it")
    func hostileNames() throws {
        var run = Run()
        run.tasks[0] = Self.hostileTask
        let page = try page(run)
        #expect(!page.contains("<script"))
        #expect(
            page.contains("&lt;script src=x&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;co&quot;, inc"))
    }

    @Test("a study that began again shows what followed, and lines written twice once")
    func beganAgain() throws {
        var run = Run()
        func line(_ time: Double, _ version: Int, _ residual: Double) -> String {
            "\(time),\(version),\(run.tasks[version % 2]),0,0.9,\(residual),64\n"
        }
        run.history =
            HistoryWriter.header + "\n" + line(1, 1, 7) + line(2, 2, 7) + line(3, 3, 7) + line(1, 1, 4)
            + line(2, 2, 3) + line(0.5, 2, 9) + line(1, 3, 0.5) + "9,9,torn"
        let page = try page(run)
        #expect(page.contains("The study began again 1 time,"))
        // The history's residual, over the |V| that makes the last one the summary's.
        let expected = [(2.0, 3.0), (3.0, 0.5)].map { version, residual in
            let value = NumberText.significant(residual / 500, digits: 6)
            return "<td class=\"number\">\(Int(version))</td><td class=\"number\">\(value)</td>"
        }
        for row in expected { #expect(page.contains(row), "\(row)") }
        // The clock began again with the process: its first second is the third of the study.
        let figure = try #require(
            page.split(separator: "<h3>Residual against time</h3>").last?.split(separator: "</figure>").first)
        for second in [2, 3] { #expect(figure.contains("<td class=\"number\">\(second)</td>"), "\(second)") }
        #expect(!figure.contains("<td class=\"number\">1</td>"))
    }

    @Test("the curve is the residual of the history over one norm, from where every task was heard")
    func residual() throws {
        var run = Run()
        run.history = HistoryWriter.header + "\n"
        for (version, residual) in [(1, 1.0), (3, 8.0), (4, 6.0), (5, 2.0)] {
            run.history? += "\(version),\(version),\(run.tasks[version % 2]),0,0.9,\(residual),64\n"
        }
        let page = try page(run)
        let figure = try #require(
            page.split(separator: "<h3>Residual against updates</h3>").last?.split(separator: "</figure>")
                .first)
        for (version, residual) in [(4, "0.003"), (5, "0.001")] {
            let row = "<td class=\"number\">\(version)</td><td class=\"number\">\(residual)</td>"
            #expect(figure.contains(row), "\(row)")
        }
        #expect(!figure.contains("<td class=\"number\">3</td>"))
        #expect(page.contains("divided by |V| at the end, 2,000,"))
    }

    @Test("where budgets were spent the curve ends with the first task that left the sum")
    func spentBudgets() throws {
        var run = Run()
        run.reason = "budgets spent"
        run.history = HistoryWriter.header + "\n"
        for (version, task, residual) in [(1, 0, 9.0), (2, 1, 8.0), (3, 0, 7.0), (4, 1, 6.0), (5, 1, 2.0)] {
            run.history? += "\(version),\(version),\(run.tasks[task]),0,0.9,\(residual),64\n"
        }
        let page = try page(run)
        #expect(page.contains("against accepted updates. residual: 8 at 2, 7 at 3</desc>"))
        #expect(page.contains("It ends at update 3, the last of the first task whose budget was spent"))
        #expect(!page.contains("Relative residual"))
    }

    @Test("a report that cannot be written is a warning")
    func unwritable() throws {
        let folder = try TestSupport.TemporaryFolder()
        var run = Run()
        run.history = "no history\n"
        try run.write(to: folder)
        let captured = CapturedStreams()
        RunReport.writeOrWarn(folder: RunFolder(folder.path), messages: captured.streams.messages)
        #expect(captured.messages.hasPrefix("warning: the report was not written: "))
        #expect(captured.messages.contains("atoll report \(folder.path)"))
        #expect(!FileContents.isReadable(folder.file("report.html")))
    }

    @Test("a history of a hundred thousand updates gives a small page")
    func longHistory() throws {
        var run = Run()
        var history = HistoryWriter.header + "\n"
        for version in 1...100_000 {
            history +=
                "\(version),\(version),\(run.tasks[version % 2]),\(version % 997),0.9,\(1 + 1 / Double(version)),64\n"
        }
        run.history = history
        #expect(try page(run).utf8.count < 200_000)
    }

    @Test(
        "what is no run, no finished run or a broken one is refused with the file",
        arguments: [("study.yaml", "holds no run"), ("summary.json", "holds no result")])
    func refusals(file: String, text: String) throws {
        let folder = try TestSupport.TemporaryFolder()
        try Run().write(to: folder)
        try folder.remove(file)
        let command = try ReportCommand.parse([folder.path])
        let error = #expect(throws: CommandError.self) { try command.run(CapturedStreams().streams) }
        #expect(error?.code == .unusableInput && error?.message.contains(text) == true)
    }

    @Test(
        "a broken line of the history is named",
        arguments: ["1,2,3", "x,1,reading,0,0.9,1,64", "1,1,\"reading,0,0.9,1,64"])
    func brokenHistory(line: String) throws {
        let folder = try TestSupport.TemporaryFolder()
        var run = Run()
        run.history = HistoryWriter.header + "\n" + line + "\n"
        try run.write(to: folder)
        let command = try ReportCommand.parse([folder.path])
        let error = #expect(throws: ReportingError.self) { try command.run(CapturedStreams().streams) }
        #expect(error?.code == .malformedTable && error?.message.contains("history.csv, line 2") == true)
    }
}
