internal import LinearAlgebra

/// The Gram matrix of the smaller side of V with its leading eigenvectors, which follow as columns of V change.
///
/// At a decomposition all eigenvectors Q are known; from then on U, in the coordinates of Q, spans the directions above
/// the scale and a few below it, and the other eigenvectors make the preconditioner that moves U. Each change adds a
/// matrix of rank two; the first few are kept, so that U can also be moved by exact inverses. Memory: 3 m^2 + 2 m k
/// numbers for a smaller side of m, 2 m for each change that is kept, and one for each column of V.
struct SpectralTracker: Sendable {
    /// The Gram matrix G; the lower triangle is read.
    private var gramian: Matrix
    /// Q, the eigenvectors of G at the last decomposition, by ascending eigenvalue.
    let basis: Matrix
    /// Q' G Q; the lower triangle is read.
    var rotated: Matrix
    /// The same as the decomposition's eigenvalues and the changes since, while these are few.
    private(set) var updated: UpdatedDiagonal?
    /// U, m x k orthonormal.
    var subspace: Matrix
    /// Q' G Q U.
    var image: Matrix
    /// The scale at which U was split off.
    let splitScale: Double
    /// What the (k + 1)th singular value of V is thought to be.
    private var expectedComplementNorm: Double
    /// A bound on it at the last certificate; nil where U spans everything.
    private var complementNorm: Double?
    /// How far each column of V has moved since, at most.
    private var travel: [Double]
    private var travelSquared = 0.0
    /// Steps that refinements took since the last decomposition, beyond one each.
    var extraStepCount = 0
    /// A bound on the error of Q' G Q by rounding, in the Frobenius norm.
    private(set) var rounding: Double

    /// Decomposes the Gram matrix of the smaller side of V.
    ///
    /// - Parameters:
    ///   - columnCount: The number of columns of V.
    ///   - rounding: A bound on the error of the Gram matrix.
    ///   - scale: The scale at which U is to be split off.
    /// - Throws: `LinearAlgebraError`.
    /// - Complexity: O(m^3).
    init(_ gramian: Matrix, columnCount: Int, rounding: Double, scale: Double) throws {
        let eigen = try SymmetricEigendecomposition(gramian)
        let size = gramian.rowCount
        self.gramian = gramian
        splitScale = scale
        basis = eigen.vectors
        let values = eigen.values.map { max($0, 0) }
        var diagonal = Matrix(rowCount: size, columnCount: size)
        for index in values.indices { diagonal[index, index] = values[index] }
        rotated = diagonal
        updated = UpdatedDiagonal(values)
        let singularValues = values.map { $0.squareRoot() }
        let split = Self.split(singularValues, scale: scale)
        let rounding = rounding + Self.rounding(ofTrace: values.reduce(0, +), inner: size)
        self.rounding = rounding
        expectedComplementNorm = split > 0 ? singularValues[split - 1] : 0
        complementNorm = split > 0 ? (values[split - 1] + rounding).squareRoot() : nil
        var leading = Matrix(rowCount: size, columnCount: size - split)
        for index in split..<size { leading[index, index - split] = 1 }
        subspace = leading
        image = diagonal.columns(split..<size)
        travel = [Double](repeating: 0, count: columnCount)
    }

    /// Four times the rounding unit; a sum of n terms errs by about sqrt(n) units.
    ///
    /// - SeeAlso: Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis (2019).
    static let unit = 4 * Double.ulpOfOne / 2

    /// Changes since a decomposition up to which inverse iteration pays: its work grows with their square.
    private static func largestUpdateCount(ofSize size: Int) -> Int { min(size / 16, 16) }

    /// Beyond these, squares of V's elements, or of its small singular values, leave the range of doubles.
    static let squareRange = 1e-200...1e200

    /// Returns a bound on the error of a Gram matrix with this trace, in the Frobenius norm: formed from products of `inner`
    /// terms, or decomposed with `inner` rows.
    static func rounding(ofTrace trace: Double, inner: Int) -> Double {
        unit * Double(inner).squareRoot() * trace
    }

    /// The sum of the squares of V.
    var trace: Double {
        (0..<gramian.rowCount).reduce(0) { $0 + gramian[$1, $1] }
    }

    /// A bound on every singular value of V but the k largest, by Weyl's inequality; nil where U spans everything.
    var complementBound: Double? {
        complementNorm.map { $0 + travelSquared.squareRoot() }
    }

    /// Takes in a change of V.
    ///
    /// - Complexity: O(m^2).
    mutating func apply(_ change: ColumnChange) {
        gramian.addToLowerTriangle(symmetricProductOf: change.first, and: change.second)
        let first = basis.multiplied(by: change.first, transposed: true)
        let second = basis.multiplied(by: change.second, transposed: true)
        rotated.addToLowerTriangle(symmetricProductOf: first, and: second)
        if updated?.updateCount == Self.largestUpdateCount(ofSize: basis.rowCount) { updated = nil }
        updated?.add(symmetricProductOf: first, and: second)
        image.add(outerProductOf: first, and: subspace.multiplied(by: second, transposed: true))
        image.add(outerProductOf: second, and: subspace.multiplied(by: first, transposed: true))
        let before = travel[change.column]
        travel[change.column] = before + change.distance
        travelSquared += change.distance * (2 * before + change.distance)
        let size = 2 * Double(basis.rowCount).squareRoot() * Vector.norm(first) * Vector.norm(second)
        rounding += Self.unit * (size + trace)
    }

    /// Renews the bound on all singular values of V but the k largest, to below `limit`; returns whether it could.
    ///
    /// A lower bound lasts longer, so one in the middle is tried first.
    mutating func certifyComplement(below limit: Double, squares: [Double]) -> Bool {
        for share in [0.4, 0.9] {
            let bound = expectedComplementNorm + share * (limit - expectedComplementNorm)
            guard bound < limit else { return false }
            if certifyComplement(bound, squares: squares) { return true }
            expectedComplementNorm = bound
        }
        return false
    }

    /// What is left of G without the pairs, U diag(squares) U', has no eigenvalue above the bound's square if it has a
    /// Cholesky factor once subtracted from that.
    private mutating func certifyComplement(_ bound: Double, squares: [Double]) -> Bool {
        let size = basis.rowCount
        let weighted = subspace.scalingColumns(by: squares.map { max($0, 0).squareRoot() })
        var remainder = weighted.gramian(ofRows: true).adding(rotated, scaledBy: -1)
        let square = bound * bound
        for index in 0..<size { remainder[index, index] += square }
        guard (try? CholeskyFactor(remainder)) != nil else { return false }
        let root = Double(size).squareRoot()
        complementNorm = (square + rounding + Self.unit * root * (trace + root * square)).squareRoot()
        for index in travel.indices { travel[index] = 0 }
        travelSquared = 0
        return true
    }

    /// Decomposes anew what the changes have made of the Gram matrix.
    mutating func decompose(scale: Double) throws {
        self = try SpectralTracker(gramian, columnCount: travel.count, rounding: rounding, scale: scale)
    }

    /// Returns the factor that the pairs make as they are.
    func factor(squares: [Double], scale: Double) -> SpectralFactor {
        SpectralFactor(
            basis: basis, vectors: subspace, singularValues: squares.map { max($0, 0).squareRoot() },
            scale: scale)
    }

    /// Returns the factor right after a decomposition.
    func decomposedFactor(scale: Double) -> SpectralFactor {
        let first = basis.columnCount - subspace.columnCount
        return factor(squares: (first..<basis.columnCount).map { rotated[$0, $0] }, scale: scale)
    }

    /// Returns how many of the ascending singular values stay outside of U.
    ///
    /// All above the scale are in. Of those below it, so many that what stays outside is far below what is in, and far
    /// below the scale: V may then move far before anything outside can reach it.
    private static func split(_ values: [Double], scale: Double) -> Int {
        let first = values.firstIndex { $0 > scale } ?? values.count
        let keptCount = values.count - first
        var best = (split: first, margin: margin(first, values, scale))
        let lowest = max(0, first - 8 - keptCount / 4)
        for split in stride(from: first - 1, through: lowest, by: -1) where values[split] >= scale / 8 {
            let margin = margin(split, values, scale)
            if margin > best.margin { best = (split, margin) }
        }
        return best.split
    }

    private static func margin(_ split: Int, _ values: [Double], _ scale: Double) -> Double {
        let outside = split > 0 ? values[split - 1] : 0
        return min(split < values.count ? values[split] - outside : .infinity, scale - outside)
    }
}
