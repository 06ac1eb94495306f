internal import Configuration
internal import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import Reporting
internal import Studies

/// How a federation's models do beside models of each task's own records alone, on records that were held out.
///
/// Scores on training records are not compared: they favour whoever shares less.
struct LocalComparison: Equatable {
    /// Tasks whose score is better with the federation.
    private(set) var betterCount = 0
    private(set) var equalCount = 0
    /// The names of the tasks that would do better alone, in the study's order.
    private(set) var worseTasks: [String] = []

    /// Tasks whose scores are of training records, and so not compared.
    private(set) var notHeldOutCount = 0
    /// lambda of the local-only models.
    let localLambda: Double

    /// Tasks that were compared.
    var count: Int { betterCount + equalCount + worseTasks.count }

    /// Compares scores as summaries hold them; nil where no task has both.
    init?(_ tasks: [(name: String, score: JSONValue?, local: JSONValue?)], localLambda: Double) {
        self.localLambda = localLambda
        for task in tasks {
            switch Self.standing(of: task.score, against: task.local) {
            case .better: betterCount += 1
            case .equal: equalCount += 1
            case .worse: worseTasks.append(task.name)
            case nil:
                let scores: [JSONValue?] = [task.score, task.local]
                if scores.allSatisfy({ $0?["value"]?.doubleValue != nil }), !scores.allSatisfy(Self.isHeldOut)
                {
                    notHeldOutCount += 1
                }
            }
        }
        guard count + notHeldOutCount > 0 else { return nil }
    }

    private static func isHeldOut(_ score: JSONValue?) -> Bool { score?["held_out"] == true }

    /// How a score compares with the local-only one; nil where either is absent, of another metric, or of training
    /// records.
    static func standing(of score: JSONValue?, against local: JSONValue?) -> ScoreStanding? {
        guard let metric = score?["metric"]?.stringValue.flatMap(Score.Metric.init(rawValue:)),
            local?["metric"] == score?["metric"], let value = score?["value"]?.doubleValue,
            let other = local?["value"]?.doubleValue, isHeldOut(score), isHeldOut(local)
        else { return nil }
        return ScoreStanding(of: value, against: other, metric: metric)
    }

    /// What the advice is about, as a heading.
    var adviceTitle: String { count > 0 ? "Worse than local only." : "Not compared with local only." }

    /// Says how many tasks would do better alone, and what to do; nil where none would.
    ///
    /// Where no records were held out, it says that they must be.
    func advice(for study: StudyConfiguration) -> String? {
        guard count > 0 else {
            return
                "No task has held-out records, and scores on training records favour whoever shares less: they do not "
                + "tell whether Atoll or local only is better. Hold records out to compare, such as "
                + "data.train_fraction: 0.7."
        }
        guard !worseTasks.isEmpty else { return nil }
        let named = worseTasks.prefix(Self.namedTaskCount).joined(separator: ", ")
        let more = worseTasks.count - Self.namedTaskCount
        let tasks =
            "On \(worseTasks.count) of \(ReportPage.counted(count, "task")) Atoll's score is worse than local only: "
            + named + (more > 0 ? " and \(more) more" : "") + ". "
        let couples = !Self.uncoupled.contains(study.regularizer) && study.lambda > 0
        let lambdas =
            "\(PlainNumber.text(study.lambda)), and \(PlainNumber.text(localLambda)) for local only."
        let others = Self.sharingLess.filter { $0.kind != study.regularizer }
            .map { "\($0.kind.rawValue) (\($0.reason))" }.joined(separator: ", ")
        let remedy = "a regularizer that lets tasks differ: \(others)."
        let lower = "a lambda below \(PlainNumber.text(study.lambda))"
        if let privacy = study.privacy {
            let noise = "Local only is trained without noise, which this study adds to every update: "
            guard couples else {
                return tasks + noise + "it is what privacy costs, as this study couples no tasks"
                    + (localLambda == study.lambda ? "." : ", and what lambda does: \(lambdas)")
            }
            // Scores can be released of such studies alone.
            let isSwept = privacy.unit == .record && privacy.relation == .replaceOne
            let sweep =
                isSwept
                ? ", which `atoll sweep` chooses by noisy scores (privacy.score_noise_multiplier), charging each "
                    + "try to the ledgers" : ""
            return tasks + noise
                + "it is what privacy costs as much as what coupling does. Where it is coupling, share less: "
                + "\(lower)\(sweep), or \(remedy)"
        }
        guard couples else {
            guard localLambda == study.lambda else {
                return tasks
                    + "This study couples no tasks, so that the difference is that of lambda: \(lambdas)"
            }
            return tasks
                + "This study couples no tasks, so that both are the same problem: the difference is what is left to "
                + "converge, and a smaller stop.residual removes it."
        }
        return tasks + "Share less: \(lower), which `atoll sweep` chooses by held-out scores, or \(remedy)"
    }

    var json: JSONValue {
        [
            "better": JSONValue(betterCount), "equal": JSONValue(equalCount),
            "worse": JSONValue(worseTasks.count), "worse_tasks": JSONValue(worseTasks),
            "not_held_out": JSONValue(notHeldOutCount),
        ]
    }

    /// Tasks that the advice names.
    private static let namedTaskCount = 8
    /// Regularizers that are sums over tasks.
    private static let uncoupled: Set<RegularizerKind> = [.l1, .ridge, .elasticNet]
    /// Regularizers under which a task may leave what the others share.
    private static let sharingLess: [(kind: RegularizerKind, reason: String)] = [
        (.robust, "outlier tasks"), (.dirty, "elements of their own"), (.cmtl, "clusters"),
        (.pairwise, "clusters of any number"),
    ]
}
