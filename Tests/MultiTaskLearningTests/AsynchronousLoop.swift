internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// Asynchronous Douglas-Rachford as a plain loop over arrivals: one random task at a time, no network.
struct AsynchronousLoop {
    /// How old the prox is that a column is taken from.
    enum Staleness: Sendable, CaseIterable {
        case none
        /// Uniform in 0...T versions, but not older than the task's own last update.
        case uniform
        /// Uniform in 0...T versions, whatever the task did since; v as it is.
        case overlapping
    }

    let tasks: [TaskObjective]
    let regularizer: Regularizer
    let lambda: Double
    let splitting: DouglasRachford
    var staleness = Staleness.none
    private(set) var iterate: AuxiliaryMatrix
    private(set) var rule: GammaRule
    /// gamma after each change, and the version of the change.
    private(set) var changes: [(version: Int, gamma: Double)] = []
    private(set) var version = 0
    private var random: SeededGenerator
    private var proximals: [TaskProximal]
    private var steps: [[Double]]
    private var squaredResiduals: [Double]
    private var lastVersions: [Int]
    /// The newest T + 1 states of V and gammas, the current one last.
    private var history: [(iterate: AuxiliaryMatrix, gamma: Double)]

    init(
        _ tasks: [TaskObjective], _ regularizer: Regularizer, lambda: Double,
        splitting: DouglasRachford, initialThreshold: Double = GammaRule.initialThreshold, seed: UInt64
    ) throws {
        self.tasks = tasks
        self.regularizer = regularizer
        self.lambda = lambda
        self.splitting = splitting
        rule = GammaRule(
            splitting, lambda: lambda, taskCount: tasks.count, initialThreshold: initialThreshold)
        iterate = AuxiliaryMatrix(
            dimension: tasks[0].dimension, taskCount: tasks.count, regularizer: regularizer,
            scale: rule.scale)
        random = SeededGenerator(seed: seed)
        proximals = try tasks.map { try TaskProximal($0) }
        steps = Array(repeating: [], count: tasks.count)
        squaredResiduals = Array(repeating: 0, count: tasks.count)
        lastVersions = Array(repeating: 0, count: tasks.count)
        history = [(iterate, rule.state.gamma)]
    }

    /// The residual |Y - P| over the tasks' newest answers.
    var residual: Double { squaredResiduals.reduce(0, +).squareRoot() }

    /// Takes as many updates as there are tasks, `count` times.
    mutating func runEpochs(_ count: Int) throws {
        for _ in 0..<(count * tasks.count) { try update() }
    }

    /// Starts the rule again from its stored state, as a restart does.
    mutating func restoreRule() {
        rule = GammaRule(splitting, lambda: lambda, taskCount: tasks.count, restoring: rule.state)
    }

    mutating func objective() throws -> Double {
        try SolverRandomProblem.objective(tasks, regularizer, lambda: lambda, at: iterate.proximal())
    }

    /// Returns the epoch after which the relative suboptimality was first at most each bound; nil beyond `limit`.
    mutating func epochs(to bounds: [Double], optimum: Double, limit: Int) throws -> [Int?] {
        var reached = [Int?](repeating: nil, count: bounds.count)
        for epoch in 1...limit where reached.contains(nil) {
            try runEpochs(1)
            let suboptimality = try objective() / optimum - 1
            for index in bounds.indices where reached[index] == nil && suboptimality <= bounds[index] {
                reached[index] = epoch
            }
        }
        return reached
    }

    private mutating func update() throws {
        let task = random.integer(below: tasks.count)
        var age = 0
        if staleness != .none {
            age = min(random.integer(below: tasks.count + 1), version)
            if staleness == .uniform { age = min(age, version - lastVersions[task]) }
        }
        let v = iterate.matrix.column(task)
        let read = history.count - 1 - age
        let p = try history[read].iterate.proximalColumn(task)
        let y = try proximals[task].point(
            of: DouglasRachford.reflection(of: p, v: v), gamma: history[read].gamma)
        let residual = Vector.subtracting(p, from: y)
        var factors = StepGuard.factors(
            relaxation: DouglasRachford.defaultRelaxation, inertia: splitting.inertia,
            mode: rule.state.guardMode)
        if version - age < lastVersions[task] { factors = (min(factors.relaxation, 1), 0) }
        steps[task] = DouglasRachford.step(
            residual: residual, relaxation: factors.relaxation, inertia: factors.inertia,
            lastStep: steps[task])
        iterate.setColumn(task, to: Vector.adding(steps[task], to: v))
        squaredResiduals[task] = Vector.dot(residual, residual)
        version += 1
        lastVersions[task] = version
        let outcome = try rule.look(
            at: UInt64(version), iterate: &iterate, residual: self.residual)
        if outcome == .gamma { changes.append((version, rule.state.gamma)) }
        history.append((iterate, rule.state.gamma))
        if history.count > (staleness == .none ? 1 : tasks.count + 1) { history.removeFirst() }
    }
}
