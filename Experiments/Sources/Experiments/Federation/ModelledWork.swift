internal import MultiTaskLearning
internal import Simulation

/// What computations take on a machine of 10^9 floating-point operations a second: a model, so that times follow from
/// sizes alone.
enum ModelledWork {
    private static let operationsPerSecond = 1e9

    /// Returns the seconds of a gradient of n records of d features: X w and X' r.
    static func gradient(recordCount: Int, dimension: Int) -> Double {
        4 * Double(recordCount * dimension) / operationsPerSecond
    }

    /// Returns the seconds of a thin singular value decomposition: 6 M m^2 + 20 m^3 operations (Golub and Van Loan,
    /// Matrix Computations, figure 8.6.1), m the smaller side.
    static func decomposition(of problem: Problem) -> Double {
        let (small, large) = sides(of: problem)
        return (6 * large * small * small + 20 * small * small * small) / operationsPerSecond
    }

    /// Returns the seconds of one change of a factor that is kept up to date, taken as 6 m^3 operations.
    static func followedFactor(of problem: Problem) -> Double {
        let small = sides(of: problem).small
        return 6 * small * small * small / operationsPerSecond
    }

    /// Returns the aggregator's work in AMTL as published: a decomposition for each update.
    static func eachUpdate(_ problem: Problem) -> AggregatorWork {
        AggregatorWork(update: .seconds(decomposition(of: problem)))
    }

    /// Returns the aggregator's work in SMTL: a decomposition for each round.
    static func eachRound(_ problem: Problem) -> AggregatorWork {
        AggregatorWork(round: .seconds(decomposition(of: problem)))
    }

    /// Returns the aggregator's work where the factor is kept up to date.
    static func followed(_ problem: Problem) -> AggregatorWork {
        AggregatorWork(update: .seconds(followedFactor(of: problem)))
    }

    /// Returns the seconds of each task's gradient.
    static func steps(of problem: Problem) -> [Double] {
        problem.objectives.map { gradient(recordCount: $0.recordCount, dimension: $0.dimension) }
    }

    private static func sides(of problem: Problem) -> (small: Double, large: Double) {
        let sides = (Double(problem.dimension), Double(problem.taskCount))
        return (min(sides.0, sides.1), max(sides.0, sides.1))
    }
}
