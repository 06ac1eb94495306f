internal import LinearAlgebra

/// The sum of the columns of a matrix whose columns change one at a time.
///
/// A running sum drifts with every change and depends on its history. Here the columns are the leaves of a
/// binary tree whose inner nodes hold the sums of their two children: a change costs d log T additions, the sum
/// is that of the present columns in a fixed order, and after a restart it has the same bits.
struct ColumnSumTree: Sendable {
    private let leafCount: Int
    // Node 1 is the root, 2 i and 2 i + 1 are the children of i, leaf t is node leafCount + t; 0 is unused.
    private var nodes: Matrix

    /// Creates the tree of some columns of length `dimension`.
    init(dimension: Int, columns: [[Double]]) {
        leafCount = columns.count
        nodes = Matrix(rowCount: dimension, columnCount: 2 * max(1, columns.count))
        for (task, column) in columns.enumerated() { nodes.setColumn(leafCount + task, to: column) }
        for node in stride(from: leafCount - 1, through: 1, by: -1) { sumChildren(of: node) }
    }

    /// Replaces a column.
    ///
    /// - Complexity: O(d log T).
    mutating func setColumn(_ task: Int, to column: [Double]) {
        var node = leafCount + task
        nodes.setColumn(node, to: column)
        while node > 1 {
            node /= 2
            sumChildren(of: node)
        }
    }

    /// Returns what `body` makes of the sum of all columns.
    func withSum<R>(_ body: (Span<Double>) -> R) -> R {
        nodes.withColumn(1, body)
    }

    private mutating func sumChildren(of node: Int) {
        var sum = nodes.column(2 * node)
        nodes.withColumn(2 * node + 1) { right in
            for row in right.indices { sum[row] += right[row] }
        }
        nodes.setColumn(node, to: sum)
    }
}
