internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning

/// V of a study as the updates of a recorded run change it, with the processor time that this takes.
///
/// Columns are of the current V, to the tolerance that a study has by default. gamma is chosen here once more, by the
/// same rule from the same V: what that decomposes, and V's replacement where gamma changes, counts too.
struct ProximalReplay {
    /// Sums over replays.
    struct Totals {
        var arrivals = 0
        /// Of all threads: changes of V, the choice of gamma, and the column that is asked next.
        var seconds = 0.0
        /// What the choice of gamma took of it.
        var choiceSeconds = 0.0
        var decompositionSeconds = 0.0
        var decompositions = 0
        var worstError = 0.0
    }

    private var auxiliary: AuxiliaryMatrix
    private var rule: GammaRule
    private var version: UInt64 = 0
    private let taskCount: UInt64

    /// Starts from V = 0.
    init(_ plan: StudyPlan) throws {
        guard case .douglasRachford(let splitting) = plan.splitting else {
            throw BenchmarkError("only a study of Douglas-Rachford splitting is replayed")
        }
        let rule = GammaRule(
            splitting, lambda: plan.lambda, taskCount: plan.tasks.count, columnNormBound: plan.normBound)
        self.rule = rule
        auxiliary = AuxiliaryMatrix(
            dimension: plan.dimension, taskCount: plan.tasks.count, regularizer: plan.regularizer,
            scale: rule.scale, policy: plan.factorPolicy)
        taskCount = UInt64(plan.tasks.count)
    }

    /// Applies an update and returns the column of prox(V) that is asked next.
    ///
    /// - Throws: ``BenchmarkError`` where gamma is not the recorded one.
    mutating func apply(
        _ arrival: ArrivalRecording.Arrival, asking task: Int, _ totals: inout Totals
    ) throws -> [Double] {
        version += 1
        let start = ProcessorClock.seconds()
        auxiliary.setColumn(arrival.task, to: arrival.column)
        let beforeChoice = isChoiceDue ? ProcessorClock.seconds() : nil
        _ = try rule.look(at: version, iterate: &auxiliary, residual: arrival.residual)
        if let beforeChoice { totals.choiceSeconds += ProcessorClock.seconds() - beforeChoice }
        let column = try auxiliary.proximalColumn(task)
        totals.seconds += ProcessorClock.seconds() - start
        totals.arrivals += 1
        let deviation = (rule.state.gamma / arrival.gamma - 1).magnitude
        guard rule.state.gammaEpoch == arrival.gammaEpoch, deviation <= 1e-9 else {
            throw BenchmarkError(
                "gamma is \(rule.state.gamma) after \(version) updates of the replay, and \(arrival.gamma) in the "
                    + "run: both must follow the same rule from the same V")
        }
        return column
    }

    /// Compares a column with that of a full decomposition, which is the baseline.
    func check(_ column: [Double], of task: Int, _ totals: inout Totals) throws {
        let decomposition = try ProcessorClock.measure(&totals.decompositionSeconds) {
            try SingularValueDecomposition(auxiliary.matrix)
        }
        totals.decompositions += 1
        var difference = column
        for (index, value) in decomposition.values.enumerated() where value > auxiliary.scale {
            let factor = (value - auxiliary.scale) * decomposition.vTransposed[index, task]
            Vector.add(decomposition.u.column(index), scaledBy: -factor, to: &difference)
        }
        totals.worstError = max(totals.worstError, Vector.norm(difference) / auxiliary.matrix.frobeniusNorm)
    }

    /// Whether the rule may decompose V at this version: four times an epoch at most, and at its end.
    private var isChoiceDue: Bool {
        version.isMultiple(of: max(1, taskCount / 4)) || version.isMultiple(of: taskCount)
    }
}
