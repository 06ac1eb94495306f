/// A bound on the error of prox(V) for the nuclear norm by approximate singular pairs, in the Frobenius norm.
///
/// Write the smaller side of V as rows and let u_1 .. u_k be orthonormal with H = U' V V' U, d_j = H_jj > 0, and
/// r_j = (I - U U') V V' u_j. Orthogonalising the rows U' V one after the other, largest d first, and then all others
/// against them gives a matrix V~ for which U and d are exact singular pairs. Its distance from V is at most 1.1 times
///
///     sqrt(sum_j |r_j|^2 / d_j + sum_{i<j} H_ij^2 / max(d_i, d_j))
///
/// as long as the skewness sum_{i<j} H_ij^2 / (d_i d_j) is at most 1/16^2: a row of the Cholesky factor of V V' in these
/// coordinates is f (I + C)^-1 with f the terms above and |C| <= 0.067. The prox is nonexpansive, so prox(V~) errs by
/// |V~ - V|, whatever the gaps between singular values are. The factor of V~ is applied to V: that adds what couples the
/// pairs above the scale to each other.
///
/// It remains that nothing left out has a singular value above the scale. By Weyl's inequality those of V~ are within
/// |V~ - V| of V's in order, and V has at most k above the bound that the caller knows.
struct ProximalErrorBound {
    /// The allowance for second-order terms, valid up to ``largestSkewness``.
    private static let allowance = 1.1
    private static let largestSkewness = 0x1p-8

    /// The sum under the root, over all pairs.
    private(set) var coupling = 0.0
    /// That of the pairs above the scale alone, and the part of it between two of them.
    private var keptCoupling = 0.0
    private var innerCoupling = 0.0
    private var skewness = 0.0

    /// The squared singular values that the pairs stand for, in their order.
    let squares: [Double]
    private let scale: Double

    /// Starts with pairs that are not coupled to anything.
    init(squares: [Double], scale: Double) {
        self.squares = squares
        self.scale = scale
    }

    /// Takes in what couples a pair to all directions outside of the pairs' span.
    mutating func add(residualNorm: Double, of index: Int) {
        let term = residualNorm * (residualNorm / squares[index])
        coupling += term
        if squares[index] > scale * scale { keptCoupling += term }
    }

    /// Takes in an element that couples two pairs; returns what it adds where that matters to a kept pair.
    @discardableResult
    mutating func add(element: Double, of first: Int, _ second: Int) -> Double {
        let larger = max(squares[first], squares[second])
        let smaller = min(squares[first], squares[second])
        let term = element * (element / larger)
        coupling += term
        skewness += term / smaller
        guard larger > scale * scale else { return 0 }
        keptCoupling += term
        if smaller > scale * scale { innerCoupling += term }
        return term
    }

    /// Returns the bound, infinite where there is none.
    ///
    /// - Parameters:
    ///   - complement: A bound on every singular value of V but the k largest; nil where there are no more.
    ///   - rounding: A bound on the error of V V', |.|_F.
    func value(complement: Double?, rounding: Double) -> Double {
        let smallest = squares.min() ?? .infinity
        guard smallest > 0, skewness <= Self.largestSkewness else {
            return .infinity
        }
        let all = Self.allowance * (coupling.squareRoot() + rounding / min(smallest.squareRoot(), scale))
        let kept = Self.allowance * (keptCoupling.squareRoot() + rounding / scale)
        let inner = Self.allowance * (innerCoupling.squareRoot() + rounding / scale)
        let outside = complement.map { $0 + all } ?? 0
        guard outside <= scale, smallest.squareRoot() > outside else { return .infinity }
        let largestBelow = squares.reduce(0) { $1 > scale * scale ? $0 : max($0, $1) }.squareRoot()
        // Pairs that are surely below the scale need not be exact.
        return max(largestBelow, outside) + all + kept <= scale ? kept + inner : all + inner
    }
}
