internal import Configuration
internal import Federation
internal import LinearAlgebra
internal import LocalFederation
internal import MultiTaskLearning
internal import Reporting
internal import SiteAgent
internal import Studies

/// What a federation of real processes reached, gathered from the processes' own folders.
struct RunResult: CommandResult {
    /// One task's line.
    struct Task {
        var site: String
        var name: String
        var trainCount: Int
        var testCount: Int
        var score: JSONValue
        /// Why there is no score; nil where there is one.
        var scoreWithheld: String?
        var localScore: JSONValue?
        var centralScore: JSONValue?
        /// Of the same study's run without noise.
        var openScore: JSONValue?

        /// nil where no local-only model was scored, or no records were held out to score it on.
        var standing: ScoreStanding? { LocalComparison.standing(of: score, against: localScore) }
    }

    let study: StudyConfiguration
    let folder: RunFolder
    let outcome: LocalFederation.Outcome
    /// What the aggregator wrote.
    let aggregator: JSONValue
    /// sum over tasks of weight * loss, plus lambda times the regularizer, at the final model; nil where the sites show no
    /// loss, as theirs would be without noise.
    let objective: Double?
    private(set) var tasks: [Task]
    /// What each site's ledger has charged, where the study is private.
    let spendings: [SiteSpending]
    /// lambda of local-only models that were solved here; nil where the sites solved theirs, with the study's, or there
    /// are none.
    private(set) var localLambda: Double?
    private let updateCount: Int
    private let stalenessMaximum: Int
    private let byteCountUp: Int

    /// Gathers the results of a run that has ended.
    ///
    /// - Throws: ``LocalFederationError`` where a process left no result, or one without what is told of it.
    init(study: StudyConfiguration, folder: RunFolder, outcome: LocalFederation.Outcome) throws {
        self.study = study
        self.folder = folder
        self.outcome = outcome
        let path = folder.aggregator + "/summary.json"
        aggregator = try Self.read(path)
        updateCount = try Self.count("updates", of: aggregator, path: path)
        stalenessMaximum = try Self.count("staleness_max", of: aggregator, path: path)
        byteCountUp = try Self.count("bytes_up", of: aggregator, path: path)
        var columns: [String: [Double]] = [:]
        var entries: [String: Task] = [:]
        var losses: [String: Double] = [:]
        var spendings: [SiteSpending] = []
        for site in study.sites {
            let path = folder.site(site)
            let model = try SafeTensors(bytes: FileContents.read(path: path + "/model.safetensors"))
            for tensor in model.tensors { columns[tensor.name] = tensor.elements }
            let summary = try Self.read(path + "/summary.json")
            if let spending = SiteSpending(site: site, summary) { spendings.append(spending) }
            for entry in summary["tasks"]?.elements ?? [] {
                guard let name = entry["task"]?.stringValue else { continue }
                losses[name] = entry["loss"]?.doubleValue
                entries[name] = Task(
                    site: site, name: name, trainCount: entry["train_records"]?.integerValue ?? 0,
                    testCount: entry["test_records"]?.integerValue ?? 0, score: entry["score"] ?? .null,
                    localScore: entry["local_score"])
            }
        }
        self.spendings = spendings
        var sum: Double? = study.privacy?.releasesScores == true ? nil : 0
        var model: [[Double]] = []
        tasks = []
        for task in study.tasks {
            guard let column = columns[task.name], let entry = entries[task.name],
                sum == nil || losses[task.name] != nil
            else {
                throw LocalFederationError(
                    .resultMissing,
                    "task '\(task.name)' has no model in \(folder.site(task.site)); see its log there")
            }
            sum = sum.map { $0 + (losses[task.name] ?? 0) }
            model.append(column)
            tasks.append(entry)
        }
        let regularizer = try study.coupling(
            dimension: model[0].count, tasks: study.tasks.map(\.name))
        let penalty = study.lambda * (try regularizer.value(Matrix(columns: model)))
        objective = sum.map { $0 + penalty }
    }

    /// Adds the scores of a model that was computed with all records in one place.
    mutating func compare(with solution: CentralSolution, tasks prepared: [StudyTask]) {
        for (column, task) in prepared.enumerated() {
            guard let index = tasks.firstIndex(where: { $0.name == task.name.rawValue }) else { continue }
            let score = task.score(of: solution.w.column(column))
            tasks[index].centralScore = score.json(isConverged: solution.isConverged)
        }
    }

    /// Replaces the scores of local-only models by those of another lambda's.
    ///
    /// - Parameter rival: The study with that lambda.
    mutating func compare(withLocalModelsOf rival: StudyConfiguration, tasks prepared: [StudyTask]) throws {
        localLambda = rival.lambda
        for task in prepared {
            guard let index = tasks.firstIndex(where: { $0.name == task.name.rawValue }) else { continue }
            let local = try LocalModel(of: task, study: rival)
            let score = task.score(of: local.weights)
            tasks[index].localScore = score.json(isConverged: local.isConverged)
        }
    }

    /// Adds the scores of a run of the same study without noise.
    mutating func compare(withoutNoise other: RunResult) {
        for task in other.tasks {
            guard let index = tasks.firstIndex(where: { $0.name == task.name }) else { continue }
            tasks[index].openScore = task.score
        }
    }

    /// nil where no local-only models were scored.
    var localComparison: LocalComparison? {
        LocalComparison(
            tasks.map { ($0.name, $0.score, $0.localScore) }, localLambda: localLambda ?? study.lambda)
    }

    private static func read(_ path: String) throws -> JSONValue {
        do {
            return try JSONValue(parsing: FileContents.read(path: path))
        } catch {
            throw LocalFederationError(.resultMissing, "\(path): \(error)")
        }
    }

    private static func count(_ key: String, of summary: JSONValue, path: String) throws -> Int {
        guard let count = summary[key]?.integerValue else {
            throw LocalFederationError(.resultMissing, "\(path): '\(key)' is no whole number")
        }
        return count
    }

    private func number(_ key: String) -> Double { aggregator[key]?.doubleValue ?? .nan }

    private var relativeSuboptimality: Double? {
        guard let objective, let optimum = study.optimum else { return nil }
        return (objective - optimum) / abs(optimum)
    }

    private var bytesUpPerUpdate: Double { Double(byteCountUp) / Double(max(updateCount, 1)) }

    var json: JSONValue {
        var object = JSONObject()
        object["atoll_version"] = JSONValue(AtollVersion.current)
        object["study"] = JSONValue(study.name)
        object["mode"] = JSONValue(study.mode.rawValue)
        object["sites"] = JSONValue(study.sites.count)
        object["objective"] = JSONValue(objective)
        object["optimum"] = JSONValue(study.optimum)
        object["relative_suboptimality"] = JSONValue(relativeSuboptimality)
        for key in [
            "phase", "reason", "updates", "epochs", "residual", "staleness_mean", "staleness_max",
            "relaxation_max", "arock_bound", "arock_exceeded", "bytes_up", "bytes_down",
        ] {
            object[key] = aggregator[key] ?? .null
        }
        object["bytes_up_per_update"] = JSONValue(bytesUpPerUpdate)
        object["wall_seconds"] = JSONValue(outcome.wallSeconds)
        object["exchange_seconds"] = aggregator["exchange_seconds"] ?? .null
        object["restarts"] = JSONValue(outcome.restartCount)
        object["folder"] = JSONValue(folder.path)
        object["report"] = JSONValue(RunReport.path(in: folder))
        if !spendings.isEmpty { object["privacy"] = .array(spendings.map(\.json)) }
        if let localLambda { object["local_lambda"] = JSONValue(localLambda) }
        if let comparison = localComparison {
            object["local_comparison"] = comparison.json
            object["advice"] = JSONValue(comparison.advice(for: study))
        }
        object["tasks"] = .array(
            tasks.map { task in
                var entry = JSONObject()
                entry["site"] = JSONValue(task.site)
                entry["task"] = JSONValue(task.name)
                entry["train_records"] = JSONValue(task.trainCount)
                entry["test_records"] = JSONValue(task.testCount)
                entry["score"] = task.score
                if let reason = task.scoreWithheld { entry["score_withheld"] = JSONValue(reason) }
                if let local = task.localScore { entry["local_score"] = local }
                if let standing = task.standing { entry["than_local"] = JSONValue(standing.rawValue) }
                if let central = task.centralScore { entry["all_data_score"] = central }
                if let open = task.openScore { entry["score_without_noise"] = open }
                return .object(entry)
            })
        return .object(object)
    }

    var text: String {
        var lines = LabelledLines()
        let significant = { (value: Double, digits: Int) in NumberText.significant(value, digits: digits) }
        lines.append("objective", objective.map { significant($0, 10) })
        lines.append("relative suboptimality", relativeSuboptimality.map { significant($0, 3) })
        lines.append("stopped by", aggregator["reason"]?.stringValue)
        lines.append("updates", "\(updateCount) (\(significant(number("epochs"), 4)) epochs)")
        lines.append(
            "staleness",
            "mean \(significant(number("staleness_mean"), 3)), max \(stalenessMaximum)")
        if aggregator["arock_exceeded"] == true {
            lines.append(
                "relaxation",
                "\(significant(number("relaxation_max"), 3)), beyond ARock's bound of "
                    + "\(significant(number("arock_bound"), 3)) for that staleness: no theorem covers the run"
            )
        }
        lines.append("bytes up per update", significant(bytesUpPerUpdate, 4))
        lines.append("seconds", significant(outcome.wallSeconds, 3))
        if outcome.restartCount > 0 { lines.append("restarts", "\(outcome.restartCount)") }
        for (index, spending) in spendings.enumerated() {
            lines.append(index == 0 ? "privacy spent" : "", spending.text)
        }
        lines.append("results", folder.path)
        lines.append("report", RunReport.path(in: folder))
        return table + "\n" + lines.text
    }

    /// The scores, a line a task; a study of many tasks gets none unless it is compared.
    private var table: String {
        let compares = tasks.contains { $0.centralScore != nil }
        var columns: [(title: String, alignment: TextTable.Alignment)] = [
            ("site", .left), ("task", .left), ("records", .right),
        ]
        if isMixed { columns.append(("metric", .left)) }
        columns +=
            compares
            ? [("local only", .right), ("Atoll", .right), ("all data*", .right)] : [("Atoll", .right)]
        let hasOpen = tasks.contains { $0.openScore != nil }
        if hasOpen { columns.insert(("without noise", .right), at: columns.count - 1) }
        let isMarked = compares && tasks.contains { $0.standing == .worse }
        if isMarked { columns.append(("Atoll is", .left)) }
        var table = TextTable(columns)
        let shown = compares ? tasks[...] : tasks.prefix(Self.shownTaskCount)
        for task in shown {
            let score = { (value: JSONValue?) in
                guard let number = value?["value"]?.doubleValue else { return "-" }
                return (Self.isUnconverged(value) ? "~" : "") + NumberText.fixed(number, decimals: 4)
            }
            let scores =
                compares
                ? [score(task.localScore), score(task.score)] + (hasOpen ? [score(task.openScore)] : [])
                    + [score(task.centralScore)] : [score(task.score)]
            let metric = isMixed ? [task.score["metric"]?.stringValue ?? ""] : []
            let mark = isMarked ? [task.standing == .worse ? "worse" : ""] : []
            table.append(
                [task.site, task.name, "\(task.trainCount)+\(task.testCount)"] + metric + scores + mark)
        }
        let metrics = Set(tasks.compactMap { $0.score["metric"]?.stringValue }).sorted()
        let isHeldOut = Set(tasks.map { $0.testCount > 0 })
        let records =
            isHeldOut == [true]
            ? "held-out records"
            : isHeldOut == [false] ? "training records" : "held-out records where there are any"
        var notes =
            "scores: \(metrics.joined(separator: ", ")) on \(records); records: for training + held out\n"
        if study.privacy?.releasesScores == true {
            notes += "scores have noise, and each was charged to its site's ledger\n"
        }
        if hasOpen {
            notes += "without noise: the same study without privacy, " + openPrice + "\n"
        }
        if compares {
            notes += "* all records in one place: for comparison only, not available to a real federation\n"
        }
        if shown.contains(where: { Self.isUnconverged($0.localScore) || Self.isUnconverged($0.centralScore) })
        {
            notes += "~ the solver did not reach its gap: the score of the best model that it found\n"
        }
        if compares, let advice = localComparison?.advice(for: study) { notes += advice + "\n" }
        if shown.count < tasks.count {
            notes += "\(tasks.count - shown.count) more tasks are in summary.json\n"
        }
        return table.text + notes
    }

    /// What privacy costs in the mean of the tasks' scores.
    private var openPrice: String {
        let mean = { (scores: [JSONValue?]) in
            scores.compactMap { $0?["value"]?.doubleValue }.reduce(0, +) / Double(max(scores.count, 1))
        }
        return "mean \(NumberText.fixed(mean(tasks.map(\.openScore)), decimals: 4)); with it "
            + NumberText.fixed(mean(tasks.map(\.score)), decimals: 4)
    }

    /// Whether a score is of a solver's model that may not be the optimum.
    private static func isUnconverged(_ score: JSONValue?) -> Bool { score?["converged"] == false }

    /// Whether the tasks are scored by different metrics.
    private var isMixed: Bool {
        Set(tasks.compactMap { $0.score["metric"]?.stringValue }).count > 1
    }

    private static let shownTaskCount = 12
}
