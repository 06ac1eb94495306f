internal import LinearAlgebra

/// The smooth problem of one task: loss plus `ridge / 2` times the squared norm of the penalized rows.
///
/// With ridge = 0 and a rank-deficient squared loss the answer is the least-squares solution of smallest norm.
struct RidgeProblem {
    var task: TaskObjective
    /// At least 0.
    var ridge: Double
    var unpenalizedRows: [Int]

    /// Returns the minimiser, d numbers, and the number of Newton steps.
    ///
    /// - Throws: `LinearAlgebraError` when a number overflows.
    /// - Complexity: O(n d min(n, d)) a step; with unpenalized rows or without ridge O(n d^2 + d^3).
    func minimized() throws -> (w: [Double], steps: Int) {
        let zero = [Double](repeating: 0, count: task.dimension)
        if ridge > 0, unpenalizedRows.isEmpty {
            var proximal = try TaskProximal(task)
            return (try proximal.point(of: zero, gamma: 1 / ridge), proximal.stepCount)
        }
        var weights = [Double](repeating: ridge, count: task.dimension)
        for row in unpenalizedRows { weights[row] = 0 }
        let offsets = [Double](repeating: 0, count: task.recordCount)
        let block = SmoothProblem.Block(features: task.features, loss: MarginLoss(task), offsets: offsets)
        let minimizer = try SmoothProblem(blocks: [block], ridge: weights).minimize(from: zero)
        return (minimizer.x, minimizer.stepCount)
    }
}
