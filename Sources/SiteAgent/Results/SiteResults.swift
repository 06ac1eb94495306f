internal import Datasets
package import Federation
internal import MultiTaskLearning
package import Reporting
package import Studies
internal import Synchronization

/// A site's results folder: acceptances and losses as they come, each final model, a summary at the end.
///
/// Every file is appended to or replaced whole, so that a killed agent that starts again goes on where it was.
package final class SiteResults: SiteRecorder {
    private struct State: ~Copyable {
        var acceptances: JSONLinesWriter
        var losses: JSONLinesWriter
        var models: [TaskName: FinalModel] = [:]
        var acceptedCount = 0
        var stepCount = 0
    }

    private let folder: String
    private let state: Mutex<State>

    /// Opens the folder's files; the folder must exist.
    package init(folder: String) throws {
        self.folder = folder
        state = Mutex(
            State(
                acceptances: try JSONLinesWriter(path: folder + "/acceptances.jsonl"),
                losses: try JSONLinesWriter(path: folder + "/losses.jsonl")))
    }

    package func record(_ acceptance: Acceptance) throws {
        try state.withLock { state in
            state.acceptedCount += 1
            try state.acceptances.append([
                "task": JSONValue(acceptance.task.rawValue),
                "sequence": JSONValue(Int(acceptance.sequence)),
                "version": JSONValue(Int(acceptance.version)),
                "staleness": JSONValue(Int(acceptance.staleness)),
                "relaxation": JSONValue(acceptance.relaxation),
            ])
        }
    }

    package func record(loss: Double, task: TaskName) throws {
        try state.withLock { state in
            state.stepCount += 1
            try state.losses.append([
                "task": JSONValue(task.rawValue), "step": JSONValue(state.stepCount), "loss": JSONValue(loss),
            ])
        }
    }

    package func keep(_ model: FinalModel) throws {
        let name = FileNameText.escaped(model.task.rawValue)
        try AtomicFile.write(NumPyArrayFile.bytes(model.weights), to: "\(folder)/model-\(name).npy")
        try state.withLock { state in
            state.models[model.task] = model
            // Whatever was accepted before the model must be on disk before the aggregator hears that it is kept.
            try state.acceptances.flush()
            try state.losses.flush()
        }
    }

    /// Writes `model.safetensors` and `summary.json`; returns what the summary holds.
    ///
    /// - Parameter localModels: Each task's model from its own records alone, where it was asked for.
    package func finish(
        site: SiteName, tasks: [StudyTask], outcome: SiteOutcome, localModels: [TaskName: [Double]]
    ) throws -> JSONValue {
        let models = state.withLock { $0.models }
        let kept = tasks.compactMap { models[$0.name] }
        let file = try SafeTensors(
            tensors: kept.map { SafeTensors.Tensor(name: $0.task.rawValue, vector: $0.weights) },
            metadata: ["format": "atoll", "site": site.rawValue])
        try AtomicFile.write(file.bytes, to: folder + "/model.safetensors")

        let entries = try tasks.map { task -> JSONValue in
            var entry = JSONObject()
            entry["task"] = JSONValue(task.name.rawValue)
            entry["train_records"] = JSONValue(task.trainCount)
            entry["test_records"] = JSONValue(task.test.recordCount)
            if let model = models[task.name] {
                entry["version"] = JSONValue(Int(model.version))
                entry["loss"] = JSONValue(task.objective.value(at: model.weights))
                entry["score"] = try task.score(of: model.weights).json
            }
            if let local = localModels[task.name] { entry["local_score"] = try task.score(of: local).json }
            return .object(entry)
        }
        let summary = try state.withLock { state in
            try state.acceptances.close()
            try state.losses.close()
            var object = JSONObject()
            object["site"] = JSONValue(site.rawValue)
            object["outcome"] = JSONValue(outcome == .complete ? "complete" : "incomplete")
            if case .incomplete(let refusals) = outcome {
                object["refusals"] = JSONValue(refusals.map { "\($0.code): \($0.message)" })
            }
            object["accepted"] = JSONValue(state.acceptedCount)
            object["tasks"] = .array(entries)
            return JSONValue.object(object)
        }
        try AtomicFile.write(Array((summary.indentedText + "\n").utf8), to: folder + "/summary.json")
        return summary
    }
}

extension Score {
    /// The score as results show it.
    package var json: JSONValue {
        [
            "metric": JSONValue(metric.rawValue), "value": JSONValue(value),
            "records": JSONValue(recordCount), "held_out": JSONValue(isHeldOut),
        ]
    }
}
