/// Something of ours that is measured beside a baseline doing the same job.
struct Benchmark {
    /// The group and what is measured, such as `prox nuclear`.
    let name: String
    /// The size of the input, such as `28x139`.
    let size: String
    /// What stands beside it.
    let baseline: String
    /// Whether an operation is an update of a study, whose number a minute is part of the claim.
    var countsUpdates = false
    /// Takes so many measurements of both.
    let measure: (_ repetitions: Int) async throws -> [PairedSample]
}

/// Seconds that one operation took, ours and the baseline's, measured one right after the other.
struct PairedSample: Codable {
    let subjectSeconds: Double
    let baselineSeconds: Double
    /// Operations that were measured, where their number is part of the claim.
    var operationCount: Int?
    /// The largest error of a result, relative to the size of the input, where results are approximate.
    var worstError: Double?
    /// What else there is to know of what was measured.
    var remark: String?

    /// How many times as fast as the baseline ours was.
    var speed: Double { baselineSeconds / subjectSeconds }
}

extension Benchmark {
    /// Creates a benchmark of two operations without `await`.
    ///
    /// Each is repeated until a measurement takes ``Stopwatch/sampleDuration``, after a first one that does not
    /// count. The two alternate, so that what else the machine does meets both.
    init(
        _ name: String, _ size: String, against baseline: String,
        subject: @escaping () throws -> Void, baseline other: @escaping () throws -> Void
    ) {
        self.init(name: name, size: size, baseline: baseline) { repetitions in
            let subjectCount = try Stopwatch.operationCount(of: subject)
            let baselineCount = try Stopwatch.operationCount(of: other)
            return try (0..<repetitions).map { _ in
                let baselineSeconds = try Stopwatch.secondsPerOperation(baselineCount, other)
                let subjectSeconds = try Stopwatch.secondsPerOperation(subjectCount, subject)
                return PairedSample(subjectSeconds: subjectSeconds, baselineSeconds: baselineSeconds)
            }
        }
    }
}
