internal import LinearAlgebra

/// Minimisation along the directions that the regularizer does not see, all else kept: unpenalized rows, and shifts
/// common to a free group of tasks (all of them for `mean`, a component of a task graph).
///
/// It lowers the objective, and at its end the gradient of the loss is orthogonal to the kernel of g, which a
/// feasible dual point requires.
struct KernelMinimization {
    private let features: [Matrix]
    private let losses: [MarginLoss]
    private let unpenalizedRows: [Int]
    /// The rows that move by the same amount in all tasks of a group.
    private let sharedRows: [Int]
    /// Every task is in one group; where nothing is shared, alone in it.
    private let groups: [[Int]]

    init(tasks: [TaskObjective], regularizer: Regularizer) {
        features = tasks.map(\.features)
        losses = tasks.map { MarginLoss($0) }
        unpenalizedRows = regularizer.unpenalizedRows
        let free = regularizer.freeGroups(taskCount: tasks.count)
        groups = free.isEmpty ? tasks.indices.map { [$0] } : free
        sharedRows = free.isEmpty ? [] : regularizer.penalizedRowIndices(of: tasks[0].dimension)
    }

    /// Whether the kernel is empty, so that there is nothing to do.
    var isTrivial: Bool { unpenalizedRows.isEmpty && sharedRows.isEmpty }

    /// Returns the minimiser over the kernel, started at `w`.
    ///
    /// - Throws: `LinearAlgebraError` when an input is not finite.
    /// - Complexity: One small problem a group, in d + (tasks of the group * unpenalized rows) variables, or in the
    ///   unpenalized rows alone where nothing is shared.
    func minimized(from w: Matrix) throws -> Matrix {
        if isTrivial { return w }
        var result = w
        for group in groups { try minimize(over: group, &result) }
        return result
    }

    private func minimize(over group: [Int], _ w: inout Matrix) throws {
        let own = unpenalizedRows.count
        let blocks = group.enumerated().map { position, task in
            // Shared rows first, then one set of unpenalized rows for each task, empty but for this task's.
            let before = [Int?](repeating: nil, count: position * own)
            let after = [Int?](repeating: nil, count: (group.count - position - 1) * own)
            return block(
                of: task, at: w,
                variables: sharedRows.map { $0 } + before + unpenalizedRows.map { $0 } + after)
        }
        let start = [Double](repeating: 0, count: blocks[0].features.columnCount)
        let move = try SmoothProblem(blocks: blocks, ridge: start).minimize(from: start).x
        for (position, task) in group.enumerated() {
            shift(&w, task: task, rows: sharedRows, by: move.prefix(sharedRows.count))
            let first = sharedRows.count + position * own
            shift(&w, task: task, rows: unpenalizedRows, by: move[first..<first + own])
        }
    }

    /// Returns the loss of a task as a function of its variables, each of which moves a row or nothing.
    private func block(of task: Int, at w: Matrix, variables: [Int?]) -> SmoothProblem.Block {
        let all = features[task]
        var chosen = Matrix(rowCount: all.rowCount, columnCount: variables.count)
        for (index, row) in variables.enumerated() {
            if let row { chosen.setColumn(index, to: all.column(row)) }
        }
        return .init(features: chosen, loss: losses[task], offsets: all.multiplied(by: w.column(task)))
    }

    private func shift(_ w: inout Matrix, task: Int, rows: [Int], by move: ArraySlice<Double>) {
        for (row, amount) in zip(rows, move) { w[row, task] += amount }
    }
}
