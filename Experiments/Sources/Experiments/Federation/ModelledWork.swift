internal import MultiTaskLearning
internal import Simulation

/// What computations take, so that times follow from sizes alone: a site's by its number of operations, the
/// aggregator's by laws that were fitted to measurements on one processor.
package enum ModelledWork {
    /// Of a site.
    private static let operationsPerSecond = 1e9
    /// That of `dgesdd` at large matrices (decision 0026).
    private static let decompositionOperationsPerSecond = 6.8e10
    /// The smaller side at which `dgesdd` works at half of that rate.
    private static let halfRateSide = 200.0

    /// What one change of a followed factor takes whatever the size, seconds.
    private static let changeSeconds = 17e-6
    /// In addition for each element of a matrix of the smaller side, seconds.
    private static let changeSecondsPerSquare = 3.2e-9
    /// In addition for each element of V where it is taller than wide, seconds.
    private static let changeSecondsPerElement = 0.5e-9

    /// The laws, for readers.
    package static let statement = """
        At a site a gradient takes 4 n d operations at 10^9 a second. At the aggregator an SVD takes \
        6 M m^2 + 20 m^3 operations (M, m the larger and smaller of d and T) at 6.8 x 10^10 m / (m + 200) a second, \
        within a tenth of what `make bench BENCH='--filter "prox run"'` measured of `dgesdd` at 28 x 139, 1000 x 100 \
        and 500 x 2000 (decision 0026): for each update of \
        AMTL as published, for each round of SMTL. A change of a followed factor takes 17 us + 3.2 ns m^2, and \
        0.5 ns d T more where d is above T: within what `make bench BENCH='--filter "prox beside"'` measured from \
        28 x 139 to 500 x 2000 with V of rank 8 and noise (decision 0027, the factor computed with every column). \
        Smaller sides than 28 were not measured there, and are taken as these laws have them.
        """

    /// Returns the seconds of a gradient of n records of d features: X w and X' r.
    static func gradient(recordCount: Int, dimension: Int) -> Double {
        4 * Double(recordCount * dimension) / operationsPerSecond
    }

    /// Returns the seconds of a thin singular value decomposition of V, d x T: 6 M m^2 + 20 m^3 operations (Golub and
    /// Van Loan, Matrix Computations, figure 8.6.1), m the smaller side, at a rate that grows with m / (m + 200).
    package static func decomposition(dimension: Int, taskCount: Int) -> Double {
        let small = Double(min(dimension, taskCount))
        let large = Double(max(dimension, taskCount))
        let operations = 6 * large * small * small + 20 * small * small * small
        return operations * (small + halfRateSide) / (small * decompositionOperationsPerSecond)
    }

    /// Returns the seconds of one change of a factor that is kept up to date and of the column that is asked next, V
    /// being d x T, of rank 8 and noise.
    ///
    /// - SeeAlso: Decisions 0026 and 0027.
    package static func followedFactor(dimension: Int, taskCount: Int) -> Double {
        let small = Double(min(dimension, taskCount))
        let tall = dimension > taskCount ? Double(dimension * taskCount) : 0
        return changeSeconds + changeSecondsPerSquare * small * small + changeSecondsPerElement * tall
    }

    /// Returns the aggregator's work in AMTL as published: a decomposition for each update.
    static func eachUpdate(_ problem: Problem) -> AggregatorWork {
        AggregatorWork(
            update: .seconds(decomposition(dimension: problem.dimension, taskCount: problem.taskCount)))
    }

    /// Returns the aggregator's work in SMTL: a decomposition for each round.
    static func eachRound(_ problem: Problem) -> AggregatorWork {
        AggregatorWork(
            round: .seconds(decomposition(dimension: problem.dimension, taskCount: problem.taskCount)))
    }

    /// Returns the aggregator's work where the factor is kept up to date.
    static func followed(_ problem: Problem) -> AggregatorWork {
        AggregatorWork(
            update: .seconds(followedFactor(dimension: problem.dimension, taskCount: problem.taskCount)))
    }

    /// Returns the seconds of each task's gradient.
    static func steps(of problem: Problem) -> [Double] {
        problem.objectives.map { gradient(recordCount: $0.recordCount, dimension: $0.dimension) }
    }
}
