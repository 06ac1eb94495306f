internal import Configuration
internal import Reporting
internal import Studies

/// What a sweep came to.
struct SweepResult: CommandResult {
    let study: StudyConfiguration
    /// By ascending lambda, at least one.
    let trials: [SweepTrial]
    /// Federations without a result.
    let failures: [(lambda: Double, message: String)]
    let holdout: Double
    let weighting: SweepWeighting
    let rule: SweepScores.Rule
    let folder: String
    let isSimulated: Bool
    /// What each site's ledger has charged so far, where the study is private.
    var spendings: [SiteSpending]
    /// Of the tasks with validation records.
    let scores: SweepScores
    /// The same of local-only models; nil where one of them has no score.
    let localScores: SweepScores?
    /// The federation with the chosen lambda on all training records; nil where there was none, or it failed.
    var final: SweepTrial?
    /// Why that federation has no result; nil where it has one, or there was none.
    var finalFailure: String?
    /// Whether the sweep has come to its end.
    var isComplete = false

    init(
        study: StudyConfiguration, trials: [SweepTrial], failures: [(lambda: Double, message: String)],
        holdout: Double, weighting: SweepWeighting, rule: SweepScores.Rule, folder: String,
        isSimulated: Bool, spendings: [SiteSpending] = []
    ) {
        self.study = study
        self.trials = trials
        self.failures = failures
        self.holdout = holdout
        self.weighting = weighting
        self.rule = rule
        self.folder = folder
        self.isSimulated = isSimulated
        self.spendings = spendings
        let lambdas = trials.map(\.lambda)
        let rows = trials.map { $0.scores.filter(\.isHeldOut) }
        scores = SweepScores(lambdas: lambdas, scores: rows, weighting: weighting)
        localScores =
            rows.allSatisfy { $0.allSatisfy { $0.local != nil } }
            ? SweepScores(lambdas: lambdas, scores: rows, weighting: weighting) { $0.local ?? .nan } : nil
    }

    /// Whether everything that is shown of records has noise: nothing is compared then.
    private var isPrivate: Bool { study.privacy != nil }

    /// The place of the chosen lambda.
    var choice: Int { scores.choice(rule) }

    /// The chosen lambda.
    var lambda: Double { trials[choice].lambda }

    /// Where the chosen lambda is an end of what was tried, so that a better one may lie beyond.
    private var edge: String? {
        guard trials.count > 1 else { return nil }
        return choice == 0 ? "smallest" : choice == trials.count - 1 ? "largest" : nil
    }

    /// The lambda that local-only models do best with, by the same rule.
    private var localChoice: Int? { localScores.map { $0.choice(rule) } }

    /// The lambda that local-only models do best with; nil where they have no scores.
    var localLambda: Double? { localChoice.map { trials[$0].lambda } }

    /// Which federations have no result; nil where all have one.
    var shortfall: CommandError? {
        var parts: [String] = []
        if !failures.isEmpty {
            parts.append(
                "\(failures.count) of \(failures.count + trials.count) values of lambda have no result: "
                    + failures.map { LambdaGrid.text($0.lambda) }.joined(separator: ", "))
        }
        if let finalFailure {
            let value = LambdaGrid.text(lambda)
            parts.append(
                "the final run with lambda \(value) has no result: \(finalFailure); the choice stands, and "
                    + (isPrivate
                        ? "what was released is charged: that run again, with another ledger, adds to it"
                        : "`atoll run` with --set lambda=\(value) --set data.validation_fraction=0 makes that run again")
            )
        }
        return parts.isEmpty ? nil : CommandError(.incompleteSweep, parts.joined(separator: "; "))
    }

    /// Means of a final federation's scores, where it has one metric.
    private func means(of trial: SweepTrial) -> (own: Double?, local: Double?) {
        let rows = [trial.scores.filter(\.isHeldOut)]
        guard !rows[0].isEmpty else { return (nil, nil) }
        let own = SweepScores(lambdas: [trial.lambda], scores: rows, weighting: weighting)
        guard rows[0].allSatisfy({ $0.local != nil }) else { return (own.means[0], nil) }
        let local = SweepScores(lambdas: [trial.lambda], scores: rows, weighting: weighting) {
            $0.local ?? .nan
        }
        return (own.means[0], local.means[0])
    }

    // MARK: For people

    var text: String {
        let compared: [(title: String, alignment: TextTable.Alignment)] =
            isPrivate ? [] : [("local only", .right), ("better", .right), ("worse", .right)]
        var table = TextTable(
            [("", .left), ("lambda", .right), (scores.metric == nil ? "cost" : "score", .right)] + compared
                + [("epochs", .right), ("bytes up", .right), ("stopped by", .left)])
        for (index, trial) in trials.enumerated() {
            let compared =
                isPrivate
                ? []
                : [
                    Self.shown(localScores?.means[index]), "\(trial.count(.better))",
                    "\(trial.count(.worse))",
                ]
            table.append(
                [
                    index == choice ? "*" : "", LambdaGrid.text(trial.lambda),
                    Self.shown(scores.metric == nil ? scores.costs[index] : scores.means[index]),
                ] + compared
                    + [
                        NumberText.significant(trial.epochs, digits: 4), NumberText.bytes(trial.bytesUp),
                        trial.reason,
                    ])
        }
        var lines = LabelledLines()
        lines.append("chosen lambda", LambdaGrid.text(lambda))
        if let place = localChoice, let localScores, let mean = localScores.means[place] {
            lines.append(
                "local only, its best",
                "\(Self.shown(mean)) at lambda \(LambdaGrid.text(localScores.lambdas[place]))")
        }
        if let final {
            let (own, local) = means(of: final)
            if own != nil, isPrivate {
                lines.append("test score", "\(Self.shown(own)), with noise")
            } else if own != nil {
                lines.append(
                    "test score",
                    "\(Self.shown(own)), local only \(Self.shown(local)) at lambda "
                        + LambdaGrid.text(final.localLambda))
            }
            let comparedCount = final.scores.count { $0.standing != nil }
            if !isPrivate {
                lines.append(
                    "test, tasks",
                    "better than local only on \(final.count(.better)), worse on \(final.count(.worse)) of "
                        + "\(ReportPage.counted(comparedCount, "task"))")
            }
        }
        for (index, spending) in spendings.enumerated() {
            lines.append(index == 0 ? "privacy spent" : "", spending.text)
        }
        if isPrivate { lines.append("audit it with", verification) }
        lines.append("results", folder)
        lines.append("final run", final?.folder)
        return table.text + notes + "\n" + lines.text
    }

    /// The command that checks all ledgers of a private sweep.
    private var verification: String { "atoll-audit verify \(folder)" }

    private var notes: String {
        var notes = ""
        let mean = weighting == .tasks ? "mean" : "mean, by scored records,"
        let tasks = ReportPage.counted(scores.taskCount, "task")
        let records =
            "\(NumberText.significant(100 * holdout, digits: 4)) % of the training records, kept out of training"
        if let metric = scores.metric {
            notes +=
                "score: \(mean) of \(tasks) of the \(metric.title) on \(records); "
                + "\(metric.isBetterHigh ? "higher" : "lower") is better\n"
        } else {
            notes +=
                "cost: \(mean) of \(tasks) of 1 - accuracy and root mean squared error, each over its mean in this "
                + "table, on \(records); lower is better\n"
        }
        let unscored = study.tasks.count - scores.taskCount
        if unscored > 0 {
            notes += "\(ReportPage.counted(unscored, "task")) with one training record: not in the score\n"
        }
        notes +=
            isPrivate
            ? "scores have noise; every update and every score is charged to its site's ledger\n"
            : "local only, better, worse: beside each task's own records alone with the same lambda\n"
        switch rule {
        case .best: notes += "* chosen: the best score; of equal ones the largest lambda\n"
        case .oneStandardError:
            notes +=
                "* chosen: the largest lambda within a standard error over tasks of the best, "
                + "\(LambdaGrid.text(scores.lambdas[scores.choice(.best)]))\n"
        }
        if trials.contains(where: { $0.reason == "updates" }) {
            notes += "stopped by updates: not converged; raise stop.updates or stop.epochs for a fair score\n"
        }
        if isSimulated { notes += "on a virtual clock; bytes are encoded vectors alone\n" }
        for failure in failures {
            notes += "lambda \(LambdaGrid.text(failure.lambda)) failed: \(failure.message)\n"
        }
        if let finalFailure { notes += "the final run failed: \(finalFailure)\n" }
        if let edge {
            notes += "the chosen lambda is the \(edge) that has a result: try beyond it\n"
        }
        return notes
    }

    private static func shown(_ value: Double?) -> String {
        value.map { NumberText.significant($0, digits: 5) } ?? "-"
    }

    // MARK: For programs

    var json: JSONValue {
        var object = JSONObject()
        object["study"] = JSONValue(study.name)
        object["metric"] = JSONValue(scores.metric?.rawValue)
        object["holdout"] = JSONValue(holdout)
        object["weighting"] = JSONValue(weighting.rawValue)
        object["rule"] = JSONValue(rule.rawValue)
        object["simulated"] = JSONValue(isSimulated)
        object["scored_tasks"] = JSONValue(scores.taskCount)
        object["lambda"] = JSONValue(lambda)
        object["edge"] = JSONValue(edge)
        object["trials"] = .array(
            trials.enumerated().map { index, trial in
                var fields = fields(of: trial)
                fields["cost"] = JSONValue(scores.costs[index])
                fields["score"] = JSONValue(scores.means[index])
                if !isPrivate { fields["local_score"] = JSONValue(localScores?.means[index]) }
                fields["chosen"] = JSONValue(index == choice)
                return .object(fields)
            })
        object["failures"] = .array(
            failures.map { ["lambda": JSONValue($0.lambda), "message": JSONValue($0.message)] })
        if let place = localChoice, let localScores {
            object["local_only"] = [
                "lambda": JSONValue(localScores.lambdas[place]),
                "score": JSONValue(localScores.means[place]),
            ]
        }
        if let final {
            var fields = fields(of: final)
            let (own, local) = means(of: final)
            fields["score"] = JSONValue(own)
            if !isPrivate { fields["local_score"] = JSONValue(local) }
            object["final"] = .object(fields)
        }
        if let finalFailure { object["final_failure"] = JSONValue(finalFailure) }
        if isPrivate {
            object["privacy"] = .array(spendings.map(\.json))
            object["verify"] = JSONValue(verification)
        }
        object["complete"] = JSONValue(isComplete)
        object["folder"] = JSONValue(folder)
        return .object(object)
    }

    private func fields(of trial: SweepTrial) -> JSONObject {
        var fields: JSONObject = ["lambda": JSONValue(trial.lambda)]
        if !isPrivate {
            fields["local_lambda"] = JSONValue(trial.localLambda)
            for (key, standing) in [
                ("better", ScoreStanding.better), ("equal", .equal), ("worse", .worse),
            ] {
                fields[key] = JSONValue(trial.count(standing))
            }
        }
        fields["updates"] = JSONValue(trial.updateCount)
        fields["epochs"] = JSONValue(trial.epochs)
        fields["bytes_up"] = JSONValue(trial.bytesUp)
        fields["bytes_down"] = JSONValue(trial.bytesDown)
        fields["seconds"] = JSONValue(trial.seconds)
        fields["reason"] = JSONValue(trial.reason)
        fields["folder"] = JSONValue(trial.folder)
        fields["tasks"] = .array(trial.scores.map(\.json))
        return fields
    }
}
