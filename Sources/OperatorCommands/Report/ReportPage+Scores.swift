internal import Configuration
internal import Reporting
internal import Studies

extension ReportPage {
    /// The scores of each task, and of the models that it is compared with.
    var scores: String {
        let groups = run.scores
        guard !groups.isEmpty else { return "" }
        var text =
            "Each task's model on its site's \(Set(groups.map(\.records)).sorted().joined(separator: ", ")). "
        let series = Set(groups.flatMap(\.series))
        if series.contains(RunRecord.Series.local) {
            let lambda = run.number("local_lambda").map {
                ", with lambda \(PlainNumber.text($0)), chosen for it"
            }
            text += "Local only: the same problem on the task's own records\(lambda ?? ""). "
        }
        if series.contains(RunRecord.Series.central) {
            text +=
                "All data in one place: the optimum with every site's records, not available in a real federation. "
        }
        if run.study.privacy?.releasesScores == true {
            text += "Each has noise, and was charged to its site's ledger."
        } else if series == [RunRecord.Series.atoll] {
            text +=
                "Models of each task's own records and of all data in one place were not computed; "
                + "`atoll run --compare` does."
        }
        var advice = ""
        if let comparison = run.localComparison, let words = comparison.advice(for: run.study) {
            advice =
                "<p class=\"advice\"><strong>\(comparison.adviceTitle)</strong> \(MarkupText.escaped(words))</p>\n"
        }
        return section("Scores by task", note: text, advice + groups.map(figure).joined())
    }

    private func figure(_ scores: RunRecord.Scores) -> String {
        let metric = Score.Metric(rawValue: scores.metric)
        let isBetterHigh = metric?.isBetterHigh ?? true
        let name = metric?.title ?? scores.metric
        var note = "\(isBetterHigh ? "Higher" : "Lower") is better. " + means(scores) + "."
        if !scores.standings.isEmpty { note += " " + comparison(scores.standings) }
        for (series, count) in zip(scores.series, scores.unconvergedCounts) where count > 0 {
            note +=
                " The solver of \(series) did not reach its gap on \(ReportPage.counted(count, "task")): "
                + "the score is of the best model that it found."
        }
        if scores.rows.count > PlotLimits.rowCount {
            note += " The first \(PlotLimits.rowCount) tasks are shown; all are in summary.json."
        }
        return DotPlot(
            title: name.prefix(1).uppercased() + name.dropFirst(), valueLabel: "\(name) on \(scores.records)",
            rowsLabel: "task", series: scores.series, rows: scores.rows, flag: "worse than local only"
        ).figure(width: 440, height: 300, wideWidth: 960, note: note)
    }

    private func means(_ scores: RunRecord.Scores) -> String {
        let texts = scores.series.indices.map { item in
            let values = scores.rows.compactMap { item < $0.values.count ? $0.values[item] : nil }
            let mean = values.reduce(0, +) / Double(max(values.count, 1))
            return "\(scores.series[item]) \(NumberText.significant(mean, digits: 4))"
        }
        return "Mean over tasks: " + texts.joined(separator: ", ")
    }

    private func comparison(_ standings: [ScoreStanding]) -> String {
        let counts = [(ScoreStanding.equal, "as good"), (.worse, "worse")].compactMap { standing, words in
            let count = standings.count { $0 == standing }
            return count == 0 ? nil : ", \(words) on \(count)"
        }
        return
            "Atoll is better than \(RunRecord.Series.local) on \(standings.count { $0 == .better }) of "
            + "\(ReportPage.counted(standings.count, "task"))\(counts.joined())."
    }
}
