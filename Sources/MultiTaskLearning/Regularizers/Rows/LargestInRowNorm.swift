internal import LinearAlgebra

/// The sum over rows of the largest magnitude in the row (l1,inf): few features, shared by all tasks without
/// a price for using one in every task.
///
/// The proximal operator takes from each row its projection on the l1 ball (Moreau), by sorting.
///
/// - SeeAlso: Quattoni, Carreras, Collins, Darrell, An efficient projection for l1,inf regularization (ICML 2009).
struct LargestInRowNorm: RowFunction {
    func value(ofRow row: [Double]) -> Double { Vector.largestMagnitude(row) }

    func proximal(ofRow row: [Double], scale: Double) -> [Double] {
        Vector.subtracting(
            BoxedBall.projection(of: row, sumOfMagnitudes: scale, largestMagnitude: .infinity), from: row)
    }

    func dualNorm(ofRow row: [Double]) -> Double { row.reduce(0) { $0 + $1.magnitude } }
}
