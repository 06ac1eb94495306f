internal import Datasets
package import Federation
internal import MultiTaskLearning
package import Reporting
package import SiteStorage
internal import Sodium
package import Studies
internal import Synchronization

/// A site's results folder: acceptances and losses as they come, each final model, a summary at the end.
///
/// Every file is appended to or replaced whole, so that a killed agent that starts again goes on where it was: final
/// models that an earlier process kept for this study are taken up, and the counts go on from what it wrote.
package final class SiteResults: SiteRecorder {
    private struct State: ~Copyable {
        var acceptances: JSONLinesWriter
        var losses: JSONLinesWriter
        var notes: JSONLinesWriter
        /// The newest acceptance of each task, of those at the end of the file.
        var newest: [TaskName: AcceptedNumber]
        var models: [TaskName: KeptModels.Model]
        /// Lines of the two files, those of earlier processes included.
        var acceptedCount: Int
        var stepCount: Int
    }

    private let folder: String
    private let site: SiteName
    private let keptModels: KeptModels
    /// What the metadata of models say of how they were made.
    private let marks: [String: String]
    private let state: Mutex<State>
    /// Lines at the end of the acceptances that an earlier process left unreadable.
    package let unreadableCount: Int

    /// Opens the folder's files; the folder must exist.
    ///
    /// - Parameters:
    ///   - isUnprotected: Whether releases of this site have noise that protects nobody: its models say so.
    ///   - acceptanceTailByteCount: Bytes at the end of the acceptances that are looked through.
    /// - Throws: ``ReportingError`` where a file cannot be opened.
    package init(
        folder: String, site: SiteName, plan: StudyPlan, isUnprotected: Bool = false,
        acceptanceTailByteCount: Int = SiteLimits.acceptanceTailByteCount
    ) throws {
        self.folder = folder
        self.site = site
        marks = isUnprotected ? ["privacy": "not private"] : [:]
        let keptModels = try KeptModels(resultsFolder: folder, site: site, plan: plan, marks: marks)
        self.keptModels = keptModels
        let acceptances = folder + "/acceptances.jsonl"
        let losses = folder + "/losses.jsonl"
        let notes = folder + "/notes.jsonl"
        var models: [TaskName: KeptModels.Model] = [:]
        for task in plan.tasks(of: site) { models[task] = keptModels.model(of: task) }
        // Opened first: that cuts off a line which a killed process did not finish.
        let acceptanceWriter = try JSONLinesWriter(path: acceptances)
        let newest: [TaskName: AcceptedNumber]
        (newest, unreadableCount) = try AcceptedNumber.newest(
            inFileAt: acceptances, byteCount: acceptanceTailByteCount)
        state = Mutex(
            State(
                acceptances: acceptanceWriter,
                losses: try JSONLinesWriter(path: losses),
                notes: try JSONLinesWriter(path: notes),
                newest: newest,
                models: models,
                acceptedCount: LineCount.lines(inFileAt: acceptances),
                stepCount: LineCount.lines(inFileAt: losses)))
    }

    /// Whether the model of every one of `tasks` is on disk.
    package func hasKept(_ tasks: [TaskName]) -> Bool {
        state.withLock { state in tasks.allSatisfy { state.models[$0] != nil } }
    }

    /// A task's final model, once it is on disk.
    package func model(of task: TaskName) -> KeptModels.Model? {
        state.withLock { $0.models[task] }
    }

    /// Whether the aggregator has released every model, to this process or an earlier one: nothing is left to ask.
    package var isReleased: Bool { keptModels.isReleased }

    /// Records that the aggregator released every model.
    package func markReleased() throws { try keptModels.markReleased() }

    /// Writes what the files still hold back, so that they can be followed and little is lost with the process.
    package func flush() throws {
        try state.withLock { state in
            try state.acceptances.flush()
            try state.losses.flush()
            try state.notes.flush()
        }
    }

    package func flushAcceptances() throws {
        try state.withLock { state in try state.acceptances.flush() }
    }

    package func record(_ acceptance: Acceptance) throws {
        try state.withLock { state in
            // An earlier process may have written it without its journal knowing: the aggregator is asked again then.
            let number = AcceptedNumber(sequence: acceptance.sequence, version: acceptance.version)
            guard state.newest.updateValue(number, forKey: acceptance.task) != number else { return }
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

    package func record(_ note: SiteNote) {
        state.withLock { state in
            // They are for people: a disk that is full ends the study where an acceptance cannot be written.
            try? state.notes.append(note.json)
        }
    }

    package func record(loss: Double, errorBound: Double, task: TaskName) throws {
        try state.withLock { state in
            // Computed again: the study went on, or began anew, and what was kept is not its result.
            if state.models.removeValue(forKey: task) != nil { try keptModels.remove(task) }
            state.stepCount += 1
            var line: JSONObject = [
                "task": JSONValue(task.rawValue), "step": JSONValue(state.stepCount), "loss": JSONValue(loss),
            ]
            if errorBound > 0 { line["error_bound"] = JSONValue(errorBound) }
            try state.losses.append(.object(line))
        }
    }

    package func keep(_ model: FinalModel) throws {
        let name = EscapedName.ofFile(model.task.rawValue)
        try AtomicFile.write(NumPyArrayFile.bytes(model.weights), to: "\(folder)/model-\(name).npy")
        // Whatever was accepted before the model must be on disk before the aggregator hears that it is kept.
        try flush()
        try keptModels.keep(model)
        state.withLock {
            $0.models[model.task] = KeptModels.Model(version: model.version, weights: model.weights)
        }
    }

    /// Writes `model.safetensors` and `summary.json`; returns what the summary holds.
    ///
    /// Written again from the same models, they are the same.
    ///
    /// - Parameters:
    ///   - localModels: Each task's model from its own records alone, where it was asked for.
    ///   - privateScores: What became of each task's score, where the study makes scores private: then no loss and no
    ///     score without noise is in the summary.
    ///   - spending: What the site's ledger has charged, where the study is private.
    package func finish(
        tasks: [StudyTask], outcome: SiteOutcome, localModels: [TaskName: LocalModel],
        privateScores: [TaskName: PrivateScores.Outcome]? = nil, spending: SiteLedger.Spending? = nil
    ) throws -> JSONValue {
        let models = state.withLock { $0.models }
        let kept = tasks.compactMap { task in models[task.name].map { (name: task.name.rawValue, model: $0) }
        }
        let file = try SafeTensors(
            tensors: kept.map { SafeTensors.Tensor(name: $0.name, vector: $0.model.weights) },
            metadata: ["format": "atoll", "site": site.rawValue].merging(marks) { own, _ in own })
        try AtomicFile.write(file.bytes, to: folder + "/model.safetensors")

        let entries = tasks.map { task -> JSONValue in
            var entry = JSONObject()
            entry["task"] = JSONValue(task.name.rawValue)
            entry["train_records"] = JSONValue(task.trainCount)
            entry["test_records"] = JSONValue(task.heldOutCount)
            if let model = models[task.name] {
                entry["version"] = JSONValue(Int(model.version))
                if let privateScores {
                    switch privateScores[task.name] {
                    case .charged(let score): entry["score"] = score.json
                    case .withheld(let reason): entry["score_withheld"] = JSONValue(reason)
                    case nil: break
                    }
                } else {
                    entry["loss"] = JSONValue(task.objective.value(at: model.weights))
                    entry["score"] = task.score(of: model.weights).json
                }
            }
            if let local = localModels[task.name] {
                let score = task.score(of: local.weights)
                entry["local_score"] = score.json(isConverged: local.isConverged)
            }
            return .object(entry)
        }
        let summary = try state.withLock { state in
            try state.acceptances.close()
            try state.losses.close()
            try state.notes.close()
            var object = JSONObject()
            object["site"] = JSONValue(site.rawValue)
            object["outcome"] = JSONValue(outcome == .complete ? "complete" : "incomplete")
            if case .incomplete(let refusals) = outcome {
                object["refusals"] = JSONValue(refusals.map { "\($0.code): \($0.message)" })
            }
            object["accepted"] = JSONValue(state.acceptedCount)
            if let spending { object["privacy"] = spending.json }
            object["tasks"] = .array(entries)
            return JSONValue.object(object)
        }
        try AtomicFile.write(Array(summary.indentedText.utf8), to: folder + "/summary.json")
        return summary
    }
}

extension Score {
    /// The score as results show it.
    package var json: JSONValue { .object(fields) }

    /// The score of a solver's model as results show it, with whether the solver reached its gap.
    package func json(isConverged: Bool) -> JSONValue {
        var fields = fields
        fields["converged"] = JSONValue(isConverged)
        return .object(fields)
    }

    private var fields: JSONObject {
        [
            "metric": JSONValue(metric.rawValue), "value": JSONValue(value),
            "records": JSONValue(recordCount), "held_out": JSONValue(isHeldOut),
        ]
    }
}
