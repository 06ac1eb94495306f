internal import LinearAlgebra

/// The best matrix and the best lower bound seen so far.
struct CertifiedSearch {
    private let certificate: DualityCertificate
    private let tolerance: Double
    private let startObjective: Double
    private(set) var w: Matrix
    private(set) var objective: Double
    private var lowerBound: Double?
    private var iterations = 0

    /// What double precision resolves of a prediction, relative to the targets, and of the objective at the start.
    private static let relativeRoundingFloor = 1e-13

    /// Starts from a matrix.
    init(certificate: DualityCertificate, start: Matrix, tolerance: Double) throws {
        self.certificate = certificate
        self.tolerance = tolerance
        (w, objective) = try certificate.primal(at: start)
        startObjective = objective
    }

    /// Keeps `primal` if it is better, and the bound that `local` gives if that is.
    ///
    /// Losses and regularizers are never below 0. An objective below the square of the rounding floor, relative
    /// to the start, is that of predictions that agree with the targets as closely as doubles can tell: it counts
    /// as the 0 that it would be in exact arithmetic.
    mutating func examine(
        primal: Matrix, local: Matrix, start: Matrix? = nil, after iterations: Int
    ) throws {
        self.iterations = iterations
        let candidate = try certificate.primal(at: primal)
        if candidate.objective <= objective { (w, objective) = candidate }
        if let bound = try certificate.lowerBound(at: local, start: start) {
            lowerBound = max(lowerBound ?? 0, bound)
        }
        if objective <= Self.relativeRoundingFloor * Self.relativeRoundingFloor * startObjective {
            objective = 0
            lowerBound = 0
        }
    }

    /// Whether the relative gap is within the tolerance.
    var isConverged: Bool {
        guard let gap = progress.relativeGap else { return false }
        return gap <= tolerance
    }

    /// Whether to search on is in vain: converged, or the gap is rounding of the objective at the start.
    var isFinished: Bool {
        guard let lowerBound else { return false }
        return isConverged || objective - lowerBound <= Self.relativeRoundingFloor * startObjective
    }

    var progress: SolverProgress {
        SolverProgress(iterations: iterations, objective: objective, lowerBound: lowerBound)
    }
}
