internal import LinearAlgebra

/// Anderson acceleration, type II, of a fixed-point iteration x -> x + f(x).
///
/// It only proposes; the caller accepts what is better.
///
/// - SeeAlso: Walker and Ni, SIAM J. Numer. Anal. 49 (2011), section 2.
struct AndersonAcceleration {
    private let memory: Int
    private var points: [[Double]] = []
    private var residuals: [[Double]] = []

    /// Relative to the trace of the normal equations: what keeps nearly parallel differences harmless.
    private static let regularization = 1e-12

    init(memory: Int) {
        precondition(memory > 0, "the memory is at least 1, got \(memory)")
        self.memory = memory
    }

    /// Forgets everything: the map has changed.
    mutating func reset() {
        points.removeAll()
        residuals.removeAll()
    }

    /// Remembers a point with its residual f(x), and returns the next point, or nil while there is too little to
    /// extrapolate from.
    ///
    /// - Complexity: O(length * memory^2).
    mutating func proposal(after point: [Double], residual: [Double]) -> [Double]? {
        points.append(point)
        residuals.append(residual)
        if points.count > memory + 1 {
            points.removeFirst()
            residuals.removeFirst()
        }
        let count = points.count - 1
        guard count >= 2 else { return nil }

        let differences = (0..<count).map { Vector.subtracting(residuals[$0], from: residuals[$0 + 1]) }
        var normal = Matrix(rowCount: count, columnCount: count)
        var trace = 0.0
        for row in 0..<count {
            for column in 0...row {
                normal[row, column] = Vector.dot(differences[row], differences[column])
            }
            trace += normal[row, row]
        }
        for row in 0..<count { normal[row, row] += Self.regularization * trace }
        // Without a factor the differences are all but zero: there is nothing left to accelerate.
        guard let factor = try? CholeskyFactor(normal) else { return nil }
        let weights = factor.solve(differences.map { Vector.dot($0, residual) })

        var next = Vector.adding(residual, to: point)
        for index in 0..<count {
            Vector.add(differences[index], scaledBy: -weights[index], to: &next)
            Vector.add(points[index + 1], scaledBy: -weights[index], to: &next)
            Vector.add(points[index], scaledBy: weights[index], to: &next)
        }
        return next.allSatisfy(\.isFinite) ? next : nil
    }
}
