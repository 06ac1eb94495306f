internal import LinearAlgebra

/// tr(W Omega^-1 W') with a fixed covariance Omega of the tasks, symmetric and positive definite, T x T.
///
/// - SeeAlso: Bonilla, Chai, Williams (NIPS 2007); Zhang and Yeung, A convex formulation for learning task relationships
///   (UAI 2010), for fixed Omega.
struct TaskCovariance: TaskQuadratic {
    static let subject = "the task covariance"
    let directions: Matrix
    let curvatures: [Double]

    /// The least eigenvalue over the largest that is taken for positive.
    private static let leastEigenvalueRatio = 1e-12
    private static let largestAsymmetry = 1e-9

    /// Creates the function.
    ///
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`; `LinearAlgebraError` when the eigenproblem does not
    ///   converge.
    /// - Complexity: O(T^3).
    init(_ covariance: Matrix) throws {
        func refuse(_ message: String) -> MultiTaskLearningError {
            MultiTaskLearningError(code: .invalidParameter, message: "the task covariance " + message)
        }
        let count = covariance.rowCount
        guard count == covariance.columnCount else {
            throw refuse("is \(count) x \(covariance.columnCount); it must be square")
        }
        try TaskGraph.check(taskCount: count, of: "a task covariance")
        guard covariance.isFinite else { throw refuse("holds a NaN or an infinity") }
        let largest = Vector.largestMagnitude(covariance.elements)
        for column in 0..<count {
            for row in 0..<column {
                let difference = covariance[row, column] - covariance[column, row]
                guard difference.magnitude <= Self.largestAsymmetry * largest else {
                    throw refuse(
                        "has \(covariance[row, column]) for tasks \(row) and \(column), and "
                            + "\(covariance[column, row]) for \(column) and \(row); it must be symmetric")
                }
            }
        }
        let eigen = try SymmetricEigendecomposition(covariance)
        let least = eigen.values.first ?? 0
        guard least > Self.leastEigenvalueRatio * (eigen.values.last ?? 0), least > 0 else {
            throw refuse(
                "has the eigenvalue \(least); all must be above \(Self.leastEigenvalueRatio) of the largest: "
                    + "add a multiple of the identity")
        }
        directions = eigen.vectors
        curvatures = eigen.values.map { 2 / $0 }
    }
}
