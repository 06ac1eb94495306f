internal import Federation

/// How far a study has come, with what the store counts itself.
struct ProgressRow {
    var progress: StudyProgress
    /// Release bytes in the database.
    var keptReleaseByteCount: UInt64

    init(progress: StudyProgress, keptReleaseByteCount: UInt64) {
        self.progress = progress
        self.keptReleaseByteCount = keptReleaseByteCount
    }

    func row(plan: StudyPlan) -> EncodedRow {
        let statistics = progress.statistics
        let (phase, absent) = Self.text(of: progress.phase, plan: plan)
        var row = SQLValues()
        row.append(1)
        row.append(progress.version)
        row.append(phase)
        row.append(absent)
        row.append(progress.elapsed)
        row.append(statistics.stalenessSum)
        row.append(statistics.stalenessMaximum)
        row.append(statistics.relaxationMinimum)
        row.append(statistics.relaxationMaximum)
        row.append(statistics.releaseByteCount)
        row.append(statistics.joinCount)
        row.append(statistics.duplicateCount)
        row.append(statistics.sequenceGapCount)
        row.append(statistics.sitesBehindCount)
        row.append(
            statistics.refusalCounts.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.key.rawValue):\($0.value)" }.joined(separator: ","))
        row.append(statistics.bytesUp)
        row.append(statistics.bytesDown)
        row.append(statistics.lastUpdateTime)
        row.append(keptReleaseByteCount)
        row.append(progress.roundStart)
        return EncodedRow(.progress, row)
    }

    init(_ row: StoredRow, plan: StudyPlan) throws {
        var row = row
        _ = try row.unsigned()
        progress = StudyProgress()
        progress.version = try row.unsigned()
        let phase = try row.text()
        let absent = try row.text()
        guard let phase = Self.phase(phase, absent: absent, plan: plan) else {
            throw row.corruption("phase is '\(phase)', absent '\(absent)'")
        }
        progress.phase = phase
        progress.elapsed = try row.time()
        progress.statistics.stalenessSum = try row.unsigned()
        progress.statistics.stalenessMaximum = try row.unsigned()
        progress.statistics.relaxationMinimum = try row.optionalReal()
        progress.statistics.relaxationMaximum = try row.optionalReal()
        progress.statistics.releaseByteCount = try row.unsigned()
        progress.statistics.joinCount = try row.unsigned()
        progress.statistics.duplicateCount = try row.unsigned()
        progress.statistics.sequenceGapCount = try row.unsigned()
        progress.statistics.sitesBehindCount = try row.unsigned()
        for entry in try row.text().split(separator: ",") {
            let parts = entry.split(separator: ":")
            guard parts.count == 2, let number = UInt32(parts[0]), let code = Refusal.Code(rawValue: number),
                let count = UInt64(parts[1])
            else { throw row.corruption("refusals has the entry '\(entry)'") }
            progress.statistics.refusalCounts[code] = count
        }
        progress.statistics.bytesUp = try row.unsigned()
        progress.statistics.bytesDown = try row.unsigned()
        progress.statistics.lastUpdateTime = try row.time()
        keptReleaseByteCount = try row.unsigned()
        progress.roundStart = try row.optionalUnsigned()
    }

    /// The phase as a word, and the positions of the tasks that were absent.
    private static func text(of phase: StudyPhase, plan: StudyPlan) -> (phase: String, absent: String) {
        switch phase {
        case .running: ("running", "")
        case .finished(let reason): ("finished: \(word(of: reason))", positions(in: reason, plan: plan))
        case .ended(let reason): ("ended: \(word(of: reason))", positions(in: reason, plan: plan))
        }
    }

    private static func word(of reason: StopReason) -> String {
        switch reason {
        case .residual: "residual"
        case .updateCount: "updates"
        case .operatorRequest: "operator"
        case .budgetsSpent: "budgets spent"
        case .absent: "absent"
        }
    }

    private static func positions(in reason: StopReason, plan: StudyPlan) -> String {
        guard case .absent(let names) = reason else { return "" }
        let absent = Set(names)
        return plan.tasks.indices.filter { absent.contains(plan.tasks[$0].name) }.map { "\($0)" }
            .joined(separator: ",")
    }

    private static func phase(_ text: String, absent: String, plan: StudyPlan) -> StudyPhase? {
        if text == "running" { return .running }
        let positions = absent.split(separator: ",").map { Int($0) }
        guard positions.allSatisfy({ $0.map(plan.tasks.indices.contains) ?? false }) else { return nil }
        let names = positions.compactMap { $0 }.map { plan.tasks[$0].name }
        let reasons: [StopReason] = [
            .residual, .updateCount, .operatorRequest, .budgetsSpent, .absent(names),
        ]
        for reason in reasons {
            if text == "finished: \(word(of: reason))" { return .finished(reason) }
            if text == "ended: \(word(of: reason))" { return .ended(reason) }
        }
        return nil
    }
}
