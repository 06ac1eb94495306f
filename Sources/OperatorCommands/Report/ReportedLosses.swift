internal import Reporting

/// The losses that sites reported to the aggregator, where the study lets them.
struct ReportedLosses {
    /// The sum over tasks of weight times loss, each from the task's newest report, against updates.
    private(set) var sumByUpdate = CurveThinner()

    /// That sum and lambda times the regularizer at the model, at the ends of epochs.
    private(set) var objectiveByUpdate = CurveThinner()

    /// Reads the aggregator's `losses.jsonl`.
    ///
    /// - Throws: `ReportingError` where the file is absent or broken.
    init(path: String, tasks: [String]) throws {
        let places = Dictionary(zip(tasks, tasks.indices), uniquingKeysWith: { first, _ in first })
        var sums = NewestSum(taskCount: tasks.count)
        var lastVersion = 0
        try FileLines.forEach(path: path) { line in
            let value = try JSONValue(parsing: Array(line))
            if let regularizer = value["regularizer"]?.doubleValue,
                let version = value["version"]?.integerValue
            {
                if sums.isComplete {
                    objectiveByUpdate.append(x: Double(version), y: sums.value + regularizer)
                }
                return
            }
            guard let task = value["task"]?.stringValue, let loss = value["loss"]?.doubleValue,
                let version = value["version"]?.integerValue
            else { return }
            // The study began again, in an aggregator without its state.
            if version == 1 {
                sums = NewestSum(taskCount: tasks.count)
                sumByUpdate = CurveThinner()
                objectiveByUpdate = CurveThinner()
                lastVersion = 0
            }
            guard version > lastVersion else { return }
            lastVersion = version
            guard let place = places[task] else { return }
            sums.set(loss, at: place)
            if sums.isComplete { sumByUpdate.append(x: Double(version), y: sums.value) }
        }
    }
}
