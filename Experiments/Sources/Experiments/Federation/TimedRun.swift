internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
package import Simulation

/// A method on a virtual clock, in which each exchange of each site takes a given time.
package struct TimedRun: Sendable {
    /// The model at the end of an epoch of as many updates as there are tasks.
    package struct Point: Sendable, Equatable {
        package let epoch: Int
        package let seconds: Double
        package let relativeSuboptimality: Double
    }

    /// When a run ends: whichever of its conditions holds last, or the limit.
    package struct Goal: Sendable {
        /// The relative suboptimality; nil for none.
        package var suboptimality: Double?
        /// Updates of every task.
        package var iterations: Int
        package var epochLimit: Int

        package init(suboptimality: Double? = nil, iterations: Int = 0, epochLimit: Int) {
            self.suboptimality = suboptimality
            self.iterations = iterations
            self.epochLimit = epochLimit
        }
    }

    package let points: [Point]
    /// The virtual time at which the last task had made as many updates as the goal asks for; nil where it did not.
    package let secondsOfIterations: Double?
    /// The fewest updates that any task had made when the run ended.
    package let fewestUpdates: Int

    /// Runs a method.
    ///
    /// - Parameters:
    ///   - delays: A list for each task, as ``DelayModel/traces(stepSeconds:speeds:count:seed:)`` makes it.
    ///   - work: nil for an aggregator whose work takes no time.
    package init(
        _ method: Method, on problem: Problem, delays: [[Duration]], work: AggregatorWork? = nil, goal: Goal
    ) throws {
        precondition(delays.count == problem.taskCount, "a list of delays for each task")
        let plan = try method.plan(for: problem, updateLimit: (goal.epochLimit + 1) * problem.taskCount)
        var settings = SimulationSettings(seed: 1)
        settings.networkDelay = .constant(.zero)
        for (task, trace) in zip(plan.tasks, delays) { settings.computeDelays[task.owner] = .trace(trace) }
        settings.aggregatorWork = work
        settings.keepsHistory = goal.iterations > 0
        settings.eventLimit = .max
        var federation = try SimulatedFederation(
            plan: plan,
            objectives: Dictionary(
                uniqueKeysWithValues: zip(plan.tasks.map(\.name), problem.objectives)),
            settings: settings)
        var points: [Point] = []
        var fewest = 0
        let result = try federation.run { epoch, aggregator in
            let suboptimality = try problem.relativeSuboptimality(of: aggregator.model())
            points.append(
                Point(
                    epoch: epoch, seconds: aggregator.progress.statistics.lastUpdateTime.inSeconds,
                    relativeSuboptimality: suboptimality))
            fewest = Int(aggregator.state.tasks.map(\.nextSequence).min() ?? 1) - 1
            let isClose = goal.suboptimality.map { suboptimality <= $0 } ?? true
            return isClose && fewest >= goal.iterations || epoch >= goal.epochLimit
        }
        self.points = points
        fewestUpdates = fewest
        secondsOfIterations = Self.seconds(
            of: goal.iterations, in: result.log.map { ($0.task, $0.time.inSeconds) },
            taskCount: problem.taskCount)
    }

    /// Returns when the last task had made `count` updates; nil where it did not, or none are asked for.
    private static func seconds(
        of count: Int, in log: [(task: TaskName, seconds: Double)], taskCount: Int
    ) -> Double? {
        guard count > 0 else { return nil }
        var counts: [TaskName: Int] = [:]
        var ready = 0
        for entry in log {
            counts[entry.task, default: 0] += 1
            if counts[entry.task] == count { ready += 1 }
            if ready == taskCount { return entry.seconds }
        }
        return nil
    }

    /// Returns the virtual time at the end of the first epoch within a relative suboptimality; nil for none.
    package func seconds(to suboptimality: Double) -> Double? {
        points.first { $0.relativeSuboptimality <= suboptimality }?.seconds
    }

    /// Returns the first epoch within a relative suboptimality; nil for none.
    package func epochs(to suboptimality: Double) -> Double? {
        points.first { $0.relativeSuboptimality <= suboptimality }.map { Double($0.epoch) }
    }
}

extension Duration {
    /// As a number.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
