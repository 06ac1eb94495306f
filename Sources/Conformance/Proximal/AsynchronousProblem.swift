internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// A whole multi-task problem, solved as a federation does: backward-forward steps on single columns, in a random
/// order of arrivals, each computed from the column that its task was given when it last arrived.
struct AsynchronousProblem {
    private let objectives: [TaskObjective]
    private let regularizer: Regularizer
    private let solution: JSONValue
    private let tolerances: JSONValue
    private let lambda: Double
    private let splitting: BackwardForward

    private static let relaxation = 0.8
    /// Where the iteration ends: the longest step of an epoch, relative to the largest column.
    private static let residual = 1e-12
    private static let maximumEpochCount = 50_000

    /// Reads a problem and one of its solutions.
    ///
    /// - Throws: ``MalformedVector``, or `MultiTaskLearningError` for numbers out of range.
    init(problem: JSONValue, solution: JSONValue, tolerances: JSONValue) throws {
        let features = try problem.required("X", \.array).map { rows in
            guard let matrix = rows.matrix else { throw MalformedVector("X has another form") }
            return matrix
        }
        let isLogistic = try solution.required("loss", \.string) == "logistic"
        let targets = try problem.required(isLogistic ? "labels" : "y", \.rows)
        guard targets.count == features.count, !features.isEmpty else {
            throw MalformedVector("\(features.count) tasks and the targets of \(targets.count)")
        }
        objectives = try zip(features, targets).map {
            try TaskObjective(
                features: $0, targets: $1, loss: isLogistic ? .logistic : .squared, scale: .sum)
        }
        regularizer = try RegularizerVector.regularizer(
            named: solution.required("penalty", \.string), solution["params"] ?? .object([:]),
            taskCount: features.count)
        lambda = try solution.required("lambda", \.number)
        splitting = try BackwardForward(eta: solution.required("amtl_step", \.number))
        self.solution = solution
        self.tolerances = tolerances
    }

    /// Solves the problem and compares model, auxiliary fixed point and objective with the vector.
    func deviation(seed: UInt64) throws -> Deviation {
        var auxiliary = AuxiliaryMatrix(
            dimension: objectives[0].dimension, taskCount: objectives.count, regularizer: regularizer,
            scale: splitting.eta * lambda, policy: .exact)
        var generator = SeededGenerator(seed: seed)
        var columns = try objectives.indices.map { try auxiliary.proximalColumn($0) }
        var epoch = 0
        repeat {
            guard epoch < Self.maximumEpochCount else {
                throw MalformedVector("no fixed point after \(epoch) epochs, seed \(seed)")
            }
            epoch += 1
            for _ in objectives.indices {
                let task = generator.integer(below: objectives.count)
                let u = splitting.siteStep(from: columns[task], objective: objectives[task])
                let v = auxiliary.matrix.column(task)
                auxiliary.setColumn(
                    task, to: BackwardForward.relaxed(v: v, u: u, relaxation: Self.relaxation))
                columns[task] = try auxiliary.proximalColumn(task)
            }
        } while try residual(&auxiliary) > Self.residual
        return try compare(w: auxiliary.proximal(), v: auxiliary.matrix)
    }

    /// Returns the largest |u - v| of a task at its present column, relative to the largest column.
    private func residual(_ auxiliary: inout AuxiliaryMatrix) throws -> Double {
        var (longest, largest) = (0.0, 0.0)
        for (task, objective) in objectives.enumerated() {
            let v = auxiliary.matrix.column(task)
            let u = splitting.siteStep(from: try auxiliary.proximalColumn(task), objective: objective)
            longest = max(longest, BackwardForward.residual(v: v, u: u))
            largest = max(largest, Vector.norm(v))
        }
        return longest / largest
    }

    private func compare(w: Matrix, v: Matrix) throws -> Deviation {
        var deviation = Deviation()
        let tolerance = try tolerances.required("mtl_problems_W", \.number)
        for (key, matrix) in [("W", w), ("amtl_fixed_point_v", v)] {
            let expected = try solution.required(key, \.matrix)
            guard expected.rowCount == w.rowCount, expected.columnCount == w.columnCount else {
                throw MalformedVector("\(key) has another form than the problem")
            }
            deviation.note(
                key, matrix.adding(expected, scaledBy: -1).frobeniusNorm, scale: expected.frobeniusNorm,
                tolerance: tolerance)
        }
        let objective = try objectives.indices.reduce(lambda * regularizer.value(w)) {
            $0 + objectives[$1].value(at: w.column($1))
        }
        let expected = try solution.required("objective", \.number)
        deviation.note(
            "objective", objective - expected, scale: expected.magnitude,
            tolerance: try tolerances.required("mtl_problems_objective", \.number))
        return deviation
    }
}
