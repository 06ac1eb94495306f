internal import LinearAlgebra
internal import MultiTaskLearning

extension AggregatorMachine {
    static func rule(of splitting: DouglasRachford, plan: StudyPlan, state: AggregatorState) -> GammaRule {
        if let stored = state.progress.method.gamma {
            return GammaRule(
                splitting, lambda: plan.lambda, taskCount: plan.tasks.count, relaxation: plan.relaxation,
                columnNormBound: plan.normBound, restoring: stored)
        }
        return GammaRule(
            splitting, lambda: plan.lambda, taskCount: plan.tasks.count, relaxation: plan.relaxation,
            columnNormBound: plan.normBound)
    }

    /// A task's step, with what its bounds and the residual need.
    struct AuxiliaryStep {
        /// The new auxiliary column.
        var column: [Double]
        /// The factor that was taken.
        var relaxation: Double
        /// What was added to the column; empty where no later step needs it.
        var taken: [Double] = []
        /// How far the answer is from a fixed point, squared: |u - v|^2, or |y - p|^2.
        var squaredResidual: Double
        /// Those of the answer and of the new column.
        var squaredAnswer: Double
        var squaredColumn: Double
    }

    /// Returns the task's step to an answer.
    ///
    /// An answer computed with an older gamma is taken as it is: y - p vanishes at the solution alone, whatever gamma.
    func step(
        of index: Int, to answer: [Double], issued: TaskRecord.IssuedRead, delay: UpdateDelay
    ) -> AuxiliaryStep {
        func relaxation(_ base: Double) -> Double {
            plan.relaxationPolicy.relaxation(
                base: base, taskCount: plan.tasks.count, delay: delay,
                control: state.progress.method.residualControl, schedule: plan.relaxationSchedule)
        }
        switch plan.splitting {
        case .backwardForward:
            let factor = relaxation(plan.relaxation)
            let step = iterate.matrix.withColumn(index) {
                BackwardForward.step(v: $0, u: answer, relaxation: factor)
            }
            return AuxiliaryStep(
                column: step.result, relaxation: factor, squaredResidual: step.squaredDistance,
                squaredAnswer: step.squaredTarget, squaredColumn: step.squaredNorm)
        case .douglasRachford(let splitting):
            var (base, inertia) = StepGuard.factors(
                relaxation: plan.relaxation, inertia: splitting.inertia, mode: rule?.state.guardMode ?? 0)
            if past?.isOverlapping(index) == true {
                // p is of an older column than the step is taken from: without this, relaxations of 1.7 and more
                // diverge. That is not told by the version: a column that is read right after the task's own update is
                // answered with it, and still with a factor of before.
                (base, inertia) = (min(base, 1), 0)
            }
            let factor = relaxation(base)
            let residual = Vector.subtracting(issued.point, from: answer)
            let step = DouglasRachford.step(
                residual: residual, relaxation: factor, inertia: inertia,
                lastStep: state.tasks[index].lastStep)
            let column = Vector.adding(step, to: iterate.matrix.column(index))
            return AuxiliaryStep(
                column: column, relaxation: factor, taken: keepsLastSteps ? step : [],
                squaredResidual: Vector.dot(residual, residual), squaredAnswer: Vector.dot(answer, answer),
                squaredColumn: Vector.dot(column, column))
        }
    }

    /// Whether a column's last step is part of its next one.
    var keepsLastSteps: Bool {
        guard case .douglasRachford(let splitting) = plan.splitting else { return false }
        return splitting.inertia > 0
    }

    /// Takes note of an update's factor, and of the residual after it, for the policies that ask.
    mutating func noteRelaxation(_ relaxation: Double) {
        switch plan.relaxationPolicy {
        case .delayAdaptive:
            state.progress.method.relaxationSum += relaxation
            rememberRelaxationSum()
        case .residualControlled:
            state.progress.method.residualControl.look(
                at: state.version, residual: convergence.residual, taskCount: plan.tasks.count)
        case .constant, .arock, .amtlDynamic, .amtlDynamicCapped, .delayAgnostic, .decreasing:
            break
        }
    }

    /// Lets the rule look at the version that was reached; V and the scale of its prox may change.
    mutating func lookAtGamma() throws -> MethodChange? {
        guard var rule else { return nil }
        let mode = rule.state.guardMode
        let window = StepGuard.silentEpochs * UInt64(plan.tasks.count)
        let outcome = try rule.look(
            at: state.version, iterate: &iterate, residual: convergence.residual,
            areAllHeard: convergence.areAllHeard(since: state.version > window ? state.version - window : 0))
        self.rule = rule
        state.progress.method.gamma = rule.state
        if rule.state.guardMode != mode { note(.stepsShortened(mode: rule.state.guardMode)) }
        if outcome == .gamma { note(.gammaChanged(rule.state.gamma, epoch: rule.state.gammaEpoch)) }
        return switch outcome {
        case .nothing: nil
        case .state: .snapshot
        case .gamma: .rescaled(iterate.matrix, records: state.tasks)
        }
    }
}
