package import LinearAlgebra

extension Regularizer {
    /// Whether g is a sum over elements, so that every task has a problem of its own.
    var isSumOverTasks: Bool { function is any ElementwiseFunction }

    /// What half the sum of squares is multiplied by, where g is nothing else.
    var ridgeOnly: Double? {
        guard let sum = function as? any ElementwiseFunction, sum.l1Weight == 0 else { return nil }
        return sum.ridgeWeight
    }

    /// Returns an upper bound of the dual norm of g on the penalized rows, or nil where g is not a norm.
    ///
    /// It is exact but for the sum of pairwise norms, where it is sharp if the dual norm is near `target`.
    ///
    /// - Parameter start: See ``ConvexFunction/dualNorm(of:target:start:)``.
    func dualNorm(of u: Matrix, target: Double, start: Matrix? = nil) throws -> Double? {
        guard function.growth == .norm else { return nil }
        return try function.dualNorm(of: penalizedPart(of: u), target: target, start: start)
    }

    /// Returns (lambda g)*(U), or an upper bound, with the part of U that lies in the kernel of g left out, for what is
    /// no norm.
    func conjugateValue(of u: Matrix, lambda: Double) throws -> Double {
        precondition(function.growth != .norm, "the conjugate of \(kind.rawValue) is an indicator")
        return try function.conjugate(of: penalizedPart(of: u), scale: lambda)
    }

    /// Returns the groups of tasks that g lets move together for nothing.
    func freeGroups(taskCount: Int) -> [[Int]] { function.freeGroups(taskCount: taskCount) }

    /// Returns the norm of the part of U in the kernel of lambda g: what a dual point must not have.
    ///
    /// The kernel holds the unpenalized rows, equal columns of a free group of tasks, for lambda = 0 everything.
    func kernelNorm(of u: Matrix, lambda: Double) -> Double {
        if lambda == 0 { return u.frobeniusNorm }
        var parts = unpenalizedRows.flatMap { u.row($0) }
        let groups = freeGroups(taskCount: u.columnCount)
        if !groups.isEmpty {
            let rows = penalizedRows(of: u)
            for row in 0..<rows.rowCount {
                let values = rows.row(row)
                for group in groups {
                    parts.append(group.reduce(0) { $0 + values[$1] } / Double(group.count).squareRoot())
                }
            }
        }
        return Vector.norm(parts)
    }

    /// Returns the matrix without the unpenalized rows.
    package func penalizedRows(of w: Matrix) -> Matrix {
        guard !unpenalizedRows.isEmpty else { return w }
        let kept = penalizedRowIndices(of: w.rowCount)
        var result = Matrix(rowCount: kept.count, columnCount: w.columnCount)
        for (index, row) in kept.enumerated() { result.setRow(index, to: w.row(row)) }
        return result
    }

    /// Returns the indices of the penalized rows among `rowCount`, ascending.
    func penalizedRowIndices(of rowCount: Int) -> [Int] {
        let unpenalized = Set(unpenalizedRows)
        return (0..<rowCount).filter { !unpenalized.contains($0) }
    }
}
