internal import Federation
package import LinearAlgebra
package import Simulation

/// A method with one update at a time, of a task drawn uniformly (`atoll simulate` without delays).
package struct ArrivalRun: Sendable {
    /// (epoch, relative suboptimality) at each epoch's end.
    package let points: [(epoch: Int, relativeSuboptimality: Double)]
    /// The last epoch's model, dimension x tasks.
    package let model: Matrix

    /// Runs a method until a relative suboptimality or an epoch is reached.
    package init(
        _ method: Method, on problem: Problem, readAge: ArrivalSimulation.ReadAge = .none, seed: UInt64,
        until target: Double = 1e-8, epochLimit: Int
    ) throws {
        var simulation = try ArrivalSimulation(
            plan: method.plan(for: problem, updateLimit: epochLimit * problem.taskCount),
            objectives: problem.objectives, readAge: readAge, meanInterval: .seconds(1), seed: seed)
        var points: [(epoch: Int, relativeSuboptimality: Double)] = []
        var model = Matrix(rowCount: problem.dimension, columnCount: problem.taskCount)
        try simulation.run { epoch, aggregator in
            model = try aggregator.model()
            let suboptimality = try problem.relativeSuboptimality(of: model)
            points.append((epoch, suboptimality))
            return suboptimality <= target
        }
        self.points = points
        self.model = model
    }

    /// Returns the first epoch within a relative suboptimality; nil for none.
    package func epochs(to suboptimality: Double) -> Double? {
        points.first { $0.relativeSuboptimality <= suboptimality }.map { Double($0.epoch) }
    }
}
