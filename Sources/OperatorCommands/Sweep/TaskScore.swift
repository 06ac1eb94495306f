internal import Federation
internal import Reporting
internal import Studies

/// How a task's model did on its site's records, beside the model of these records alone.
struct TaskScore: Equatable {
    let task: String
    let metric: Score.Metric
    let value: Double
    /// nil where it was not computed.
    let local: Double?
    /// Scored records.
    let recordCount: Int
    /// Whether these were kept from training.
    let isHeldOut: Bool

    init(
        task: String, metric: Score.Metric, value: Double, local: Double?, recordCount: Int, isHeldOut: Bool
    ) {
        self.task = task
        self.metric = metric
        self.value = value
        self.local = local
        self.recordCount = recordCount
        self.isHeldOut = isHeldOut
    }

    /// What a site wrote of a task.
    ///
    /// - Throws: ``CommandError`` `unusableInput` where the score is no number, or there is none.
    init(_ task: RunResult.Task) throws {
        if let reason = task.scoreWithheld {
            throw CommandError(.unusableInput, "the score of task '\(task.name)' is not released: \(reason)")
        }
        guard let metric = task.score["metric"]?.stringValue.flatMap(Score.Metric.init(rawValue:)),
            let value = task.score["value"]?.doubleValue
        else { throw Self.noNumber(task.name) }
        self.init(
            task: task.name, metric: metric, value: value, local: task.localScore?["value"]?.doubleValue,
            recordCount: task.score["records"]?.integerValue ?? 0,
            isHeldOut: task.score["held_out"] == true)
    }

    /// Scores a task's model.
    ///
    /// - Throws: ``CommandError`` `unusableInput` where the score is no number.
    init(_ task: StudyTask, model: [Double], local: LocalModel) throws {
        let score = task.score(of: model)
        guard score.value.isFinite else { throw Self.noNumber(task.name.rawValue) }
        let localValue = task.score(of: local.weights).value
        self.init(
            task: task.name.rawValue, metric: score.metric, value: score.value,
            local: localValue.isFinite ? localValue : nil, recordCount: score.recordCount,
            isHeldOut: score.isHeldOut)
    }

    /// nil where no local-only model was scored, or on the records that it was fitted to.
    var standing: ScoreStanding? {
        isHeldOut ? local.map { ScoreStanding(of: value, against: $0, metric: metric) } : nil
    }

    var json: JSONValue {
        [
            "task": JSONValue(task), "metric": JSONValue(metric.rawValue), "score": JSONValue(value),
            "local_score": JSONValue(local), "records": JSONValue(recordCount),
            "held_out": JSONValue(isHeldOut),
        ]
    }

    private static func noNumber(_ task: String) -> CommandError {
        CommandError(.unusableInput, "the score of task '\(task)' is no finite number")
    }
}
