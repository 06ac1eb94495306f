internal import LinearAlgebra

/// Minimisation along the directions that the regularizer does not see, all else kept: unpenalized rows, and for
/// `mean` a shift common to all tasks.
///
/// It lowers the objective, and at its end the gradient of the loss is orthogonal to the kernel of g, which a
/// feasible dual point requires.
struct KernelMinimization {
    private let features: [Matrix]
    private let losses: [MarginLoss]
    private let unpenalizedRows: [Int]
    /// The rows that move by the same amount in all tasks.
    private let sharedRows: [Int]

    init(tasks: [TaskObjective], regularizer: Regularizer) {
        features = tasks.map(\.features)
        losses = tasks.map { MarginLoss($0) }
        unpenalizedRows = regularizer.unpenalizedRows
        sharedRows = regularizer.kind == .mean ? regularizer.penalizedRowIndices(of: tasks[0].dimension) : []
    }

    /// Whether the kernel is empty, so that there is nothing to do.
    var isTrivial: Bool { unpenalizedRows.isEmpty && sharedRows.isEmpty }

    /// Returns the minimiser over the kernel, started at `w`.
    ///
    /// - Throws: `LinearAlgebraError` when an input is not finite.
    /// - Complexity: Without shared rows one small problem a task; with them one problem in
    ///   d + (tasks * unpenalized rows) variables.
    func minimized(from w: Matrix) throws -> Matrix {
        if isTrivial { return w }
        var result = w
        if sharedRows.isEmpty {
            for task in features.indices {
                let block = block(of: task, at: w, variables: unpenalizedRows.map { [$0] })
                try shift(&result, task: task, rows: unpenalizedRows, by: solve([block]))
            }
            return result
        }
        let own = unpenalizedRows.count
        let blocks = features.indices.map { task in
            // Shared rows first, then one group of unpenalized rows for each task, empty but for this task's.
            let before = [[Int]](repeating: [], count: task * own)
            let after = [[Int]](repeating: [], count: (features.count - task - 1) * own)
            return block(
                of: task, at: w,
                variables: sharedRows.map { [$0] } + before + unpenalizedRows.map { [$0] } + after)
        }
        let move = try solve(blocks)
        for task in features.indices {
            shift(&result, task: task, rows: sharedRows, by: Array(move.prefix(sharedRows.count)))
            let first = sharedRows.count + task * own
            shift(&result, task: task, rows: unpenalizedRows, by: Array(move[first..<first + own]))
        }
        return result
    }

    private func block(of task: Int, at w: Matrix, variables: [[Int]]) -> SmoothProblem.Block {
        let all = features[task]
        var chosen = Matrix(rowCount: all.rowCount, columnCount: variables.count)
        for (index, rows) in variables.enumerated() {
            for row in rows { chosen.setColumn(index, to: all.column(row)) }
        }
        return .init(features: chosen, loss: losses[task], offsets: all.multiplied(by: w.column(task)))
    }

    private func solve(_ blocks: [SmoothProblem.Block]) throws -> [Double] {
        let start = [Double](repeating: 0, count: blocks[0].features.columnCount)
        return try SmoothProblem(blocks: blocks, ridge: start).minimize(from: start).x
    }

    private func shift(_ w: inout Matrix, task: Int, rows: [Int], by move: [Double]) {
        for (row, amount) in zip(rows, move) { w[row, task] += amount }
    }
}
