internal import LinearAlgebra

/// The best matrix and the best lower bound seen so far.
struct CertifiedSearch {
    private let certificate: DualityCertificate
    private let tolerance: Double
    /// A gap that is rounding whatever the objective is.
    private let roundingFloor: Double
    private(set) var w: Matrix
    private(set) var objective: Double
    private var lowerBound: Double?
    private var iterations = 0

    /// A gap below this part of the objective at the start is rounding.
    private static let relativeRoundingFloor = 1e-13

    /// Starts from a matrix.
    init(certificate: DualityCertificate, start: Matrix, tolerance: Double) throws {
        self.certificate = certificate
        self.tolerance = tolerance
        (w, objective) = try certificate.primal(at: start)
        roundingFloor = Self.relativeRoundingFloor * objective
    }

    /// Keeps `primal` if it is better, and the bound that `local` gives if that is.
    mutating func examine(primal: Matrix, local: Matrix, after iterations: Int) throws {
        self.iterations = iterations
        let candidate = try certificate.primal(at: primal)
        if candidate.objective <= objective { (w, objective) = candidate }
        if let bound = try certificate.lowerBound(at: local) { lowerBound = max(lowerBound ?? bound, bound) }
    }

    var isConverged: Bool {
        guard let lowerBound else { return false }
        return objective - lowerBound <= max(tolerance * objective.magnitude, roundingFloor)
    }

    var progress: SolverProgress {
        SolverProgress(iterations: iterations, objective: objective, lowerBound: lowerBound)
    }
}
