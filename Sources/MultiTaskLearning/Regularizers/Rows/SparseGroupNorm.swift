internal import LinearAlgebra

/// Norms of rows and magnitudes on the same W: few features, and each in few tasks; with elementWeight 0 the l2,1 norm.
///
/// rowWeight * sum of the rows' Euclidean norms + elementWeight * sum of magnitudes. The proximal operator shrinks
/// elements, then rows.
///
/// - SeeAlso: Simon, Friedman, Hastie, Tibshirani, A sparse-group lasso (JCGS 22, 2013). For l2,1: Argyriou, Evgeniou,
///   Pontil, Multi-task feature learning (NIPS 2006); Liu, Ji, Ye (UAI 2009).
struct SparseGroupNorm: RowFunction {
    /// At least 0; one of the weights is positive.
    let rowWeight: Double
    let elementWeight: Double

    func value(ofRow row: [Double]) -> Double {
        rowWeight * Vector.norm(row) + elementWeight * row.reduce(0) { $0 + $1.magnitude }
    }

    func proximal(ofRow row: [Double], scale: Double) -> [Double] {
        let thresholded = thresholded(row, scale: scale)
        let shrinkage = Regularizer.groupShrinkage(norm: Vector.norm(thresholded), scale: scale * rowWeight)
        return Vector.scaled(thresholded, by: shrinkage)
    }

    /// Returns the elements shrunk by scale * elementWeight.
    func thresholded(_ elements: [Double], scale: Double) -> [Double] {
        elementWeight == 0 ? elements : L1Norm().proximal(of: elements, scale: scale * elementWeight)
    }

    /// Returns the least t with |soft(row, t elementWeight)| <= t rowWeight, from above by a relative 1e-15.
    func dualNorm(ofRow row: [Double]) -> Double {
        if elementWeight == 0 { return Vector.norm(row) / rowWeight }
        var high = Vector.largestMagnitude(row) / elementWeight
        if rowWeight == 0 || high == 0 { return high }
        high = min(high, Vector.norm(row) / rowWeight)
        var low = 0.0
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high, high - low > 1e-15 * high else { return high }
            if Vector.norm(thresholded(row, scale: middle)) <= middle * rowWeight {
                high = middle
            } else {
                low = middle
            }
        }
    }

    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic {
        RowNormStatistic(function: self, regularizer: regularizer)
    }
}
