internal import LinearAlgebra

/// What the change of one column of V adds to the Gram matrix of its smaller side: `first second' + second first'`.
struct ColumnChange: Sendable {
    /// The column of V.
    let column: Int
    /// The Euclidean norm of the difference between the new column and the old.
    let distance: Double
    let first: [Double]
    let second: [Double]

    /// Creates a change for V V' (d <= T), where u u' - v v' = h (u - v)' + (u - v) h' with h = (u + v) / 2.
    init(ofRows column: Int, from old: [Double], to new: [Double]) {
        self.column = column
        second = Vector.subtracting(old, from: new)
        distance = Vector.norm(second)
        first = Vector.moving(old, towards: new, by: 0.5)
    }

    /// Creates a change for V' V (T < d).
    ///
    /// - Parameter matrix: V after the change; rows where `old` and `new` agree do not matter.
    /// - Complexity: O(d T).
    init(ofColumns column: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        self.column = column
        let difference = Vector.subtracting(old, from: new)
        distance = Vector.norm(difference)
        var products = matrix.multiplied(by: difference, transposed: true)
        products[column] -= Vector.dot(difference, difference) / 2
        first = products
        var unit = [Double](repeating: 0, count: products.count)
        unit[column] = 1
        second = unit
    }

    /// Whether the Gram matrix stays finite, as far as this change tells.
    var isFinite: Bool {
        (Vector.norm(first) * Vector.norm(second)).isFinite
    }
}
