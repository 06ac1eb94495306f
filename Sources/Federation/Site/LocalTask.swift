package import MultiTaskLearning
package import SeededRandom

/// A site's work for one task: what it answers a column with.
package struct LocalTask: Sendable {
    package let objective: TaskObjective
    private let splitting: Splitting
    /// Under Douglas-Rachford alone.
    private var proximal: TaskProximal?
    /// Where the study draws the records of a step.
    private var sampler: BatchSampler?
    /// Where the study is private: the only way from its records to a step.
    private var noisy: (any NoisyGradients)?

    /// Prepares the work.
    ///
    /// - Parameters:
    ///   - random: What the records of a step are drawn with, where the study draws them.
    ///   - noisy: Where the study is private.
    /// - Throws: `LinearAlgebraError` where a decomposition of the records fails.
    /// - Complexity: O(1), under Douglas-Rachford O(n d min(n, d)).
    package init(
        _ objective: TaskObjective, plan: StudyPlan, random: SeededGenerator, noisy: (any NoisyGradients)?
    ) throws {
        precondition(plan.isPrivate == (noisy != nil), "a step of a private study is made with noise")
        try self.init(objective, splitting: plan.splitting)
        sampler = plan.batchSize.map { BatchSampler(batchSize: $0, random: random) }
        self.noisy = noisy
    }

    /// Prepares the work of steps on all records.
    package init(_ objective: TaskObjective, splitting: Splitting) throws {
        self.objective = objective
        self.splitting = splitting
        if case .douglasRachford = splitting { proximal = try TaskProximal(objective) }
    }

    /// Returns the step from a column: of p with its loss there (an estimate where records are drawn), or of
    /// r = 2 p - v with the loss of the answer.
    ///
    /// - Parameter gamma: The scale that came with the column, above 0: Douglas-Rachford needs gamma, and a study that
    ///   chooses eta needs that.
    /// - Throws: `LinearAlgebraError` when the column is not finite.
    package mutating func step(from column: [Double], gamma: Double?) throws -> LocalStep {
        switch splitting {
        case .backwardForward(let agreed):
            guard let splitting = try agreed ?? gamma.map({ try BackwardForward(eta: $0) }) else {
                preconditionFailure("a column of a study that chooses eta comes with it")
            }
            if let noisy {
                let gradient = try noisy.gradient(at: column)
                return LocalStep(
                    from: column, gradient: gradient, splitting: splitting, loss: objective.value(at: column))
            }
            let all = objective
            let drawn = sampler?.next(of: all) ?? all
            let (loss, gradient) = drawn.valueAndGradient(at: column)
            return LocalStep(update: splitting.siteStep(from: column, gradient: gradient), loss: loss)
        case .douglasRachford:
            guard let gamma, var proximal else {
                preconditionFailure("a column of a Douglas-Rachford study comes with gamma")
            }
            let answer = try proximal.point(of: column, gamma: gamma)
            self.proximal = proximal
            return LocalStep(
                update: answer, loss: objective.value(at: answer), errorBound: proximal.errorBound)
        }
    }
}
