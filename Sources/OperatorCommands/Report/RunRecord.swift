internal import Configuration
internal import LocalFederation
internal import Reporting
internal import Studies

/// A run that has ended, as its folder shows it.
struct RunRecord {
    /// One site's line.
    struct Site {
        let name: String
        let tasks: [String]
        let trainCount: Int
        let testCount: Int
        /// nil where the site left no summary.
        let acceptedCount: Int?
        let outcome: String
    }

    /// The scores of one metric.
    struct Scores {
        let metric: String
        /// Whether records were kept out of training for all tasks, none, or some.
        let records: String
        /// Atoll first; the others only where they were computed.
        let series: [String]
        /// For each series the tasks whose solver did not reach its gap.
        let unconvergedCounts: [Int]
        let rows: [PlotRow]
        /// How Atoll's scores compare with those of local only, of the tasks where they do.
        let standings: [ScoreStanding]
    }

    let folder: RunFolder
    let study: StudyConfiguration
    /// What `atoll run` wrote.
    let summary: JSONValue
    let history: RunHistory
    /// nil where the study does not let losses be reported.
    let losses: ReportedLosses?
    let sites: [Site]

    /// What the series of scores are called.
    enum Series {
        static let atoll = "Atoll"
        static let local = "local only"
        static let central = "all data in one place"
    }

    /// Gathers a run.
    ///
    /// - Throws: ``CommandError`` `unusableInput` where the folder holds no run that has ended; errors of its files.
    init(folder: RunFolder) throws {
        self.folder = folder
        guard FileContents.isReadable(folder.study) else {
            throw CommandError(
                .unusableInput,
                "\(folder.path) holds no run: there is no \(folder.study); give a folder of runs/")
        }
        guard FileContents.isReadable(folder.summary) else {
            throw CommandError(
                .unusableInput,
                "\(folder.path) holds no result: \(folder.summary) is written when a run ends; run it to its end"
            )
        }
        study = try StudyConfiguration.load(path: folder.study)
        summary = try JSONValue(parsing: FileContents.read(path: folder.summary))
        let tasks = study.tasks.map(\.name)
        history = try RunHistory(
            path: folder.aggregator + "/history.csv", tasks: tasks,
            hasSpentBudgets: summary["reason"]?.stringValue == "budgets spent")
        let losses = folder.aggregator + "/losses.jsonl"
        self.losses =
            study.report.contains(.loss) && FileContents.isReadable(losses)
            ? try ReportedLosses(path: losses, tasks: tasks) : nil
        sites = try study.sites.map { [study] in try Self.site($0, of: study, in: folder) }
    }

    private static func site(
        _ name: String, of study: StudyConfiguration, in folder: RunFolder
    ) throws -> Site {
        let path = folder.site(name) + "/summary.json"
        let summary =
            FileContents.isReadable(path) ? try JSONValue(parsing: FileContents.read(path: path)) : .null
        let entries = summary["tasks"]?.elements ?? []
        return Site(
            name: name, tasks: study.tasks(of: name).map(\.name),
            trainCount: entries.reduce(0) { $0 + ($1["train_records"]?.integerValue ?? 0) },
            testCount: entries.reduce(0) { $0 + ($1["test_records"]?.integerValue ?? 0) },
            acceptedCount: summary["accepted"]?.integerValue,
            outcome: summary["outcome"]?.stringValue ?? "no summary")
    }

    /// A number of the summary.
    func number(_ key: String) -> Double? { summary[key]?.doubleValue }

    /// The scores, by metric.
    var scores: [Scores] {
        let entries = summary["tasks"]?.elements ?? []
        let metrics = Set(entries.compactMap { $0["score"]?["metric"]?.stringValue }).sorted()
        return metrics.map { metric in
            let own = entries.filter { $0["score"]?["metric"]?.stringValue == metric }
            let known = [
                (Series.atoll, "score"), (Series.local, "local_score"), (Series.central, "all_data_score"),
            ].filter { series in own.contains { $0[series.1]?["value"]?.doubleValue != nil } }
            let isHeldOut = own.map { $0["score"]?["held_out"] == true }
            let unconverged = known.map { series in
                own.count { $0[series.1]?["converged"] == false }
            }
            let standings = own.map {
                LocalComparison.standing(of: $0["score"], against: $0["local_score"])
            }
            return Scores(
                metric: metric,
                records: isHeldOut.contains(true)
                    ? isHeldOut.contains(false) ? "held-out records where there are any" : "held-out records"
                    : "training records",
                series: known.map(\.0), unconvergedCounts: unconverged,
                rows: zip(own, standings).map { entry, standing in
                    PlotRow(
                        name: entry["task"]?.stringValue ?? "",
                        values: known.map { entry[$0.1]?["value"]?.doubleValue },
                        isFlagged: standing == .worse)
                },
                standings: standings.compactMap { $0 })
        }
    }

    /// Whom the study's tasks are better off with; nil where local-only models were not scored.
    var localComparison: LocalComparison? {
        LocalComparison(
            (summary["tasks"]?.elements ?? []).map {
                ($0["task"]?.stringValue ?? "", $0["score"], $0["local_score"])
            }, localLambda: number("local_lambda") ?? study.lambda)
    }

    /// Bytes that the exchanges would have taken one way at 8 bytes a number, without anything around them.
    var rawByteCount: Double? {
        guard let dimension = study.dimension, let updates = number("updates") else { return nil }
        return updates * Double(dimension) * 8
    }
}
