package import Federation
internal import MultiTaskLearning
package import Reporting
internal import Synchronization

/// The aggregator's results folder: `history.csv` as updates are applied, `summary.json` at the end.
package final class AggregatorResults: UpdateRecorder {
    private struct State: ~Copyable {
        var history: HistoryWriter
        /// Only where the study lets sites report their loss.
        var losses: JSONLinesWriter?
        var updateCount = 0
        var stalenessSum = 0.0
        var stalenessMaximum: UInt64 = 0
        var relaxationMinimum = Double.infinity
        var relaxationMaximum = 0.0
        var releaseByteCount = 0
        var duplicateCount = 0
        var joinCount = 0
        var refusalCounts: [Refusal.Code: Int] = [:]
        var lastTime = Duration.zero
        var failure: String?
    }

    /// ARock's constant c: any number below 1.
    ///
    /// - SeeAlso: Peng et al. 2016, Theorem 1.
    private static let arockConstant = 0.99

    private let folder: String
    private let state: Mutex<State>

    /// Opens the folder's history; the folder must exist.
    ///
    /// - Parameter recordsLosses: Whether the study lets sites report their loss; `losses.jsonl` then holds them.
    package init(folder: String, recordsLosses: Bool) throws {
        self.folder = folder
        let history = try HistoryWriter(path: folder + "/history.csv")
        let losses = recordsLosses ? try JSONLinesWriter(path: folder + "/losses.jsonl") : nil
        state = Mutex(State(history: history, losses: losses))
    }

    package func record(_ update: AppliedUpdate) {
        state.withLock { state in
            state.updateCount += 1
            state.stalenessSum += Double(update.staleness)
            state.stalenessMaximum = max(state.stalenessMaximum, update.staleness)
            state.relaxationMinimum = min(state.relaxationMinimum, update.relaxation)
            state.relaxationMaximum = max(state.relaxationMaximum, update.relaxation)
            state.releaseByteCount += update.releaseByteCount
            state.lastTime = update.time
            do {
                try state.history.append(
                    HistoryRecord(
                        time: update.time, version: update.version, task: update.task.rawValue,
                        staleness: update.staleness, relaxation: update.relaxation,
                        residual: update.residual, byteCount: update.releaseByteCount))
                if let loss = update.loss {
                    try state.losses?.append([
                        "version": JSONValue(Int(update.version)), "task": JSONValue(update.task.rawValue),
                        "loss": JSONValue(loss),
                    ])
                }
            } catch {
                // The history is for people; a full disk must not end a study that its store can still hold.
                state.failure = state.failure ?? "\(error)"
            }
        }
    }

    package func record(_ note: AggregatorNote) {
        state.withLock { state in
            switch note {
            case .joined: state.joinCount += 1
            case .refused(_, let refusal): state.refusalCounts[refusal.code, default: 0] += 1
            case .duplicate: state.duplicateCount += 1
            case .left, .sequenceGap, .siteBehind, .absent, .stopped, .fetched, .abandoned, .resumed,
                .refusedTooOften:
                break
            }
        }
    }

    /// Writes what the history still holds back, so that it can be followed; returns its first failure.
    package func flush() -> String? {
        state.withLock { state in
            do {
                try state.history.flush()
                try state.losses?.flush()
            } catch {
                state.failure = state.failure ?? "\(error)"
            }
            return state.failure
        }
    }

    /// Writes `summary.json` and returns what it holds: among it ARock's bound on the relaxation for the largest
    /// staleness that was seen, which `relaxation_max` may exceed without harm but then without that theorem.
    package func finish(
        study: String, taskCount: Int, outcome: AggregatorService.Outcome
    ) throws -> JSONValue {
        let summary = state.withLock { state in
            do {
                try state.history.close()
                try state.losses?.close()
            } catch {
                state.failure = state.failure ?? "\(error)"
            }
            var refusals = JSONObject()
            for code in Refusal.Code.allCases {
                if let count = state.refusalCounts[code] { refusals["\(code)"] = JSONValue(count) }
            }
            let count = Double(max(state.updateCount, 1))
            let bound = RelaxationPolicy.arockBound(
                maximumDelay: Int(clamping: state.stalenessMaximum), taskCount: taskCount,
                c: Self.arockConstant)
            return JSONValue.object([
                "study": JSONValue(study),
                "phase": JSONValue(outcome.phase.name),
                "reason": JSONValue(outcome.phase.reason),
                "updates": JSONValue(Int(outcome.version)),
                "epochs": JSONValue(Double(outcome.version) / Double(taskCount)),
                "residual": outcome.relativeResidual.map { JSONValue($0) } ?? .null,
                "staleness_mean": JSONValue(state.stalenessSum / count),
                "staleness_max": JSONValue(Int(state.stalenessMaximum)),
                "relaxation_min": state.updateCount > 0 ? JSONValue(state.relaxationMinimum) : .null,
                "relaxation_max": state.updateCount > 0 ? JSONValue(state.relaxationMaximum) : .null,
                "arock_bound": JSONValue(bound),
                "history_failure": state.failure.map { JSONValue($0) } ?? .null,
                "bytes_up": JSONValue(outcome.bytesUp),
                "bytes_down": JSONValue(outcome.bytesDown),
                "release_bytes_up": JSONValue(state.releaseByteCount),
                "joins": JSONValue(state.joinCount),
                "duplicates": JSONValue(state.duplicateCount),
                "refusals": .object(refusals),
                "exchange_seconds": JSONValue(state.lastTime.seconds),
            ])
        }
        try AtomicFile.write(Array((summary.indentedText + "\n").utf8), to: folder + "/summary.json")
        return summary
    }
}

extension StudyPhase {
    /// `running`, `finished` or `ended`.
    package var name: String {
        switch self {
        case .running: "running"
        case .finished: "finished"
        case .ended: "ended"
        }
    }

    /// Why it stopped; empty while it runs.
    package var reason: String {
        switch self {
        case .running: ""
        case .finished(let reason), .ended(let reason):
            switch reason {
            case .residual: "residual"
            case .updateCount: "updates"
            case .operatorRequest: "operator"
            case .absent(let tasks): "absent: " + tasks.map(\.rawValue).joined(separator: ", ")
            }
        }
    }
}
