internal import LinearAlgebra

/// The exact proximal operator of one task's loss: argmin_w gamma * weight * loss(w) + |w - r|^2 / 2.
///
/// Squared loss: one decomposition of the features, after which any gamma costs two products with a d x rank
/// matrix. Logistic loss: at most ``SolverLimits/proximalNewtonSteps`` damped Newton steps, started from the last
/// answer, the last of them at a squared decrement of 1e-18 of the value; ``errorBound`` says what is left. When the task has fewer records
/// than features, only the component inside the row space of the features moves, and the work is done there.
package struct TaskProximal: Sendable {
    private enum Form: Sendable {
        /// X'X times the loss factor = basis diag(curvatures) basis'; `projections` = basis' X'y times the factor.
        case spectral(basis: Matrix, curvatures: [Double], projections: [Double])
        /// The features, or their coordinates in `basis`.
        case newton(features: Matrix, basis: Matrix?, loss: MarginLoss, last: [Double]?)
    }

    private var form: Form
    private let dimension: Int
    /// The largest eigenvalue of the Hessian of the loss, or a bound on it.
    package let curvatureBound: Double
    /// The number of Newton steps of the last answer; 1 for the squared loss.
    package private(set) var stepCount = 0
    /// How far the last answer is from the exact one, at most: gamma times the norm of the gradient that is left, as
    /// what is minimised is 1-strongly convex; 0 for the squared loss, whose answer is exact but for rounding.
    package private(set) var errorBound = 0.0

    /// Prepares the operator of a task.
    ///
    /// - Throws: `LinearAlgebraError` when a decomposition fails.
    /// - Complexity: O(n d min(n, d)).
    package init(_ objective: TaskObjective) throws {
        let loss = MarginLoss(objective)
        let features = objective.features
        dimension = features.columnCount
        let isWide = features.rowCount < features.columnCount
        switch loss.kind {
        case .squared:
            let (basis, eigenvalues) = try Self.rowSpace(of: features)
            let products = features.multiplied(by: loss.targets, transposed: true)
            form = .spectral(
                basis: basis, curvatures: Vector.scaled(eigenvalues, by: loss.factor),
                projections: Vector.scaled(
                    basis.multiplied(by: products, transposed: true), by: loss.factor))
            curvatureBound = loss.factor * (eigenvalues.max() ?? 0)
        case .logistic:
            let basis = isWide ? try Self.rowSpace(of: features).basis : nil
            let reduced = basis.map { features.multiplied(by: $0) } ?? features
            form = .newton(features: reduced, basis: basis, loss: loss, last: nil)
            let largest =
                try SymmetricEigendecomposition.values(of: features.gramian(ofRows: isWide)).last ?? 0
            curvatureBound = loss.factor * largest / 4
        }
    }

    /// Returns the proximal point of `r`.
    ///
    /// - Parameter gamma: Above 0.
    /// - Throws: `LinearAlgebraError` when an input is not finite.
    package mutating func point(of r: [Double], gamma: Double) throws -> [Double] {
        precondition(r.count == dimension, "the task has \(dimension) features, got a point of \(r.count)")
        switch form {
        case .spectral(let basis, let curvatures, let projections):
            stepCount = 1
            var move = basis.multiplied(by: r, transposed: true)
            for index in move.indices {
                move[index] =
                    (projections[index] - curvatures[index] * move[index]) / (1 / gamma + curvatures[index])
            }
            return Vector.adding(basis.multiplied(by: move), to: r)
        case .newton(let features, let basis, let loss, let last):
            let coordinates = basis?.multiplied(by: r, transposed: true) ?? r
            let problem = SmoothProblem(
                blocks: [
                    .init(features: features, loss: loss, offsets: features.multiplied(by: coordinates))
                ],
                ridge: [Double](repeating: 1 / gamma, count: coordinates.count))
            let start = last.map { Vector.subtracting(coordinates, from: $0) }
            let minimizer = try problem.minimize(
                from: start ?? [Double](repeating: 0, count: coordinates.count),
                stepLimit: SolverLimits.proximalNewtonSteps)
            let move = minimizer.x
            stepCount = minimizer.stepCount
            errorBound = gamma * minimizer.gradientNorm
            form = .newton(
                features: features, basis: basis, loss: loss, last: Vector.adding(move, to: coordinates))
            return Vector.adding(basis?.multiplied(by: move) ?? move, to: r)
        }
    }

    /// Returns an orthonormal basis of the row space, d x rank, with the eigenvalues of X'X that belong to it.
    ///
    /// Eigenvalues that rounding cannot tell from 0 are left out.
    private static func rowSpace(of features: Matrix) throws -> (basis: Matrix, eigenvalues: [Double]) {
        let (vectors, values): (Matrix, [Double])
        if features.rowCount < features.columnCount {
            // Eigenvectors of X'X made from those of XX' lose their orthogonality; singular vectors keep it.
            let decomposition = try SingularValueDecomposition(features)
            vectors = decomposition.vTransposed.transposed
            values = decomposition.values.map { $0 * $0 }
        } else {
            let decomposition = try SymmetricEigendecomposition(features.gramian(ofRows: false))
            vectors = decomposition.vectors
            values = decomposition.values
        }
        let cutoff = Double(4 * max(1, values.count)) * Double.ulpOfOne * (values.max() ?? 0)
        let kept = values.indices.filter { values[$0] > cutoff }
        var elements: [Double] = []
        elements.reserveCapacity(kept.count * features.columnCount)
        for index in kept { elements += vectors.column(index) }
        return (
            Matrix(rowCount: features.columnCount, columnCount: kept.count, elements: elements),
            kept.map { values[$0] }
        )
    }
}
