package import AggregatorStorage
package import Federation
package import Logging
internal import MultiTaskLearning
package import Reporting
internal import Synchronization

/// The aggregator's results folder: `history.csv` as updates are applied, `summary.json` at the end.
///
/// The store is what counts: a start makes the history agree with it.
package final class AggregatorResults: UpdateRecorder {
    private struct State: ~Copyable {
        var history: HistoryWriter
        /// Only where the study lets sites report their loss.
        var losses: JSONLinesWriter?
        /// The version of the last line of the losses.
        var lossVersion: UInt64
        /// lambda times the regularizer, until the line of its version's loss is written.
        var regularizerValue: (version: UInt64, value: Double)?
        var failure: String?

        /// Writes the regularizer's line once that of its version's loss is there, or may be.
        ///
        /// After a start lines of a version are written anew where the last one is of an older version.
        mutating func appendRegularizerValue() throws {
            guard let (version, value) = regularizerValue, version <= lossVersion else { return }
            regularizerValue = nil
            try losses?.append(["version": JSONValue(Int(version)), "regularizer": JSONValue(value)])
        }
    }

    private let folder: String
    private let state: Mutex<State>

    /// Opens the folder's history; the folder must exist.
    ///
    /// Lines beyond the stored version, as after the restore of an older state, are cut off, and lines that did not
    /// reach the file are written anew from the store's log. Where more than a tail is cut off, as beside an empty state,
    /// the file of before is kept under another name.
    ///
    /// - Parameter recordsLosses: Whether the study lets sites report their loss; `losses.jsonl` then holds them.
    package init(
        folder: String, recordsLosses: Bool, state stored: AggregatorState, store: AggregatorStore,
        logger: Logger
    ) async throws {
        self.folder = folder
        let history = try HistoryWriter(path: folder + "/history.csv", upToVersion: stored.version)
        var version = history.lastVersion
        var losses: JSONLinesWriter?
        var lossVersion = UInt64.max
        if recordsLosses {
            let writer = try JSONLinesWriter(
                path: folder + "/losses.jsonl", upTo: stored.version, of: "version")
            lossVersion = writer.lastNumber
            if let old = writer.oldPath { Self.warn(ofOld: old, version: stored.version, logger) }
            losses = consume writer
        }
        version = min(version, lossVersion)
        if let old = history.oldPath {
            Self.warn(ofOld: old, version: stored.version, logger)
        } else if history.cutByteCount > 0 {
            logger.warning(
                "the history was ahead of the stored state; its end was cut off",
                metadata: ["bytes": "\(history.cutByteCount)", "version": "\(stored.version)"])
        }
        state = Mutex(State(history: history, losses: losses, lossVersion: lossVersion))
        while version < stored.version {
            let updates = try await store.updates(
                after: version, limit: AggregatorStorageLimits.logPageCount)
            guard let last = updates.last else { break }
            for update in updates { record(update) }
            version = last.version
        }
    }

    private static func warn(ofOld path: String, version: UInt64, _ logger: Logger) {
        logger.warning(
            "a file of results was far ahead of the stored state; its end was cut off, and all of it is kept",
            metadata: ["kept": "\(path)", "version": "\(version)"])
    }

    package func record(_ update: AppliedUpdate) {
        state.withLock { state in
            do {
                // After a start one of the files may be ahead of the other.
                if update.version > state.history.lastVersion {
                    try state.history.append(
                        HistoryRecord(
                            time: update.time, version: update.version, task: update.task.rawValue,
                            staleness: update.staleness, relaxation: update.relaxation,
                            residual: update.residual, byteCount: update.releaseByteCount))
                }
                if let loss = update.loss, update.version > state.lossVersion {
                    state.lossVersion = update.version
                    try state.losses?.append([
                        "version": JSONValue(Int(update.version)), "task": JSONValue(update.task.rawValue),
                        "loss": JSONValue(loss),
                    ])
                    try state.appendRegularizerValue()
                }
            } catch {
                // The history is for people; a full disk must not end a study that its store can still hold.
                state.failure = state.failure ?? "\(error)"
            }
        }
    }

    package func record(_ note: AggregatorNote) {
        guard case .regularizerValue(let value, let version) = note else { return }
        state.withLock { state in
            state.regularizerValue = (version, value)
            do {
                try state.appendRegularizerValue()
            } catch {
                state.failure = state.failure ?? "\(error)"
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

    /// Writes `summary.json` and returns what it holds.
    ///
    /// - Parameter continuedAt: The version that the last start went on from; nil where it began the study.
    package func finish(
        plan: StudyPlan, continuedAt: UInt64?, outcome: AggregatorService.Outcome
    ) throws -> JSONValue {
        let failure = state.withLock { state in
            do {
                try state.history.close()
                try state.losses?.close()
            } catch {
                state.failure = state.failure ?? "\(error)"
            }
            return state.failure
        }
        let statistics = outcome.progress.statistics
        var refusals = JSONObject()
        for code in Refusal.Code.allCases {
            if let count = statistics.refusalCounts[code] { refusals["\(code)"] = JSONValue(Int(count)) }
        }
        let condition = ArockCondition(plan: plan, statistics: statistics)
        let summary = JSONValue.object([
            "study": JSONValue(plan.name),
            "phase": JSONValue(outcome.phase.name),
            "reason": JSONValue(outcome.phase.reason),
            "updates": JSONValue(Int(outcome.version)),
            "continued_at": continuedAt.map { JSONValue(Int($0)) } ?? .null,
            "epochs": JSONValue(Double(outcome.version) / Double(plan.tasks.count)),
            "residual": outcome.relativeResidual.map { JSONValue($0) } ?? .null,
            "staleness_mean": JSONValue(
                Double(statistics.stalenessSum) / Double(max(outcome.version, 1))),
            "staleness_max": JSONValue(Int(statistics.stalenessMaximum)),
            "relaxation_min": statistics.relaxationMinimum.map { JSONValue($0) } ?? .null,
            "relaxation_max": statistics.relaxationMaximum.map { JSONValue($0) } ?? .null,
            "eta": outcome.progress.method.eta.map { JSONValue($0.eta) } ?? .null,
            "arock_bound": condition.map { JSONValue($0.bound) } ?? .null,
            "arock_exceeded": condition.map { JSONValue($0.isExceeded) } ?? .null,
            "history_failure": failure.map { JSONValue($0) } ?? .null,
            "bytes_up": JSONValue(Int(statistics.bytesUp)),
            "bytes_down": JSONValue(Int(statistics.bytesDown)),
            "release_bytes_up": JSONValue(Int(statistics.releaseByteCount)),
            "joins": JSONValue(Int(statistics.joinCount)),
            "duplicates": JSONValue(Int(statistics.duplicateCount)),
            "sequence_gaps": JSONValue(Int(statistics.sequenceGapCount)),
            "sites_behind": JSONValue(Int(statistics.sitesBehindCount)),
            "refusals": .object(refusals),
            "exchange_seconds": JSONValue(statistics.lastUpdateTime.seconds),
        ])
        try AtomicFile.write(Array(summary.indentedText.utf8), to: folder + "/summary.json")
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
            case .budgetsSpent: "budgets spent"
            case .absent(let tasks): "absent: " + tasks.map(\.rawValue).joined(separator: ", ")
            }
        }
    }
}
