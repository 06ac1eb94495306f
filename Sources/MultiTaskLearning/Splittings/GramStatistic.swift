internal import LinearAlgebra

/// The statistic of the nuclear norm: the Gram matrix of the smaller side of V.
///
/// With V = U S Z' the proximal operator is U max(S - scale, 0) Z', which is M V with
/// M = U max(1 - scale / S, 0) U' (d <= T), or V M with M = Z max(1 - scale / S, 0) Z' (T < d). The symmetric
/// eigenproblem of the Gram matrix gives the factor of M, and one column then costs two small products.
struct GramStatistic: ProximalStatistic {
    /// The scale over the largest singular value below which the factor is taken from V itself.
    ///
    /// The Gram matrix squares the singular values, so its rounding moves a column by about
    /// `eps * largest / scale` of V's size: less than 1e-12 at this ratio (measured: 28 x 139, condition 1e6).
    static let smallestScaleRatio = 1e-4

    /// The Gram matrix is formed anew when the squares that went through it exceed this many times its trace.
    private static let cancellationLimit = 4.0

    private let regularizer: Regularizer
    /// Whether the Gram matrix is V V' (d <= T) or V' V (T < d).
    private let ofRows: Bool
    // For V V' the strict upper triangle is out of date; nothing reads it.
    private var gramian: Matrix
    private var changeCount = 0
    private var squaresChanged = 0.0
    private var factor: SpectralFactor?
    /// How many factors were computed so far.
    private(set) var factorCount = 0

    /// Creates the statistic of V, of which the unpenalized rows are left out.
    init(_ matrix: Matrix, regularizer: Regularizer) {
        self.regularizer = regularizer
        ofRows = matrix.rowCount <= matrix.columnCount
        gramian = regularizer.penalizedPart(of: matrix).gramian(ofRows: ofRows)
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        factor = nil
        if ofRows {
            gramian.addToLowerTriangle(outerProductOf: new, scaledBy: 1)
            gramian.addToLowerTriangle(outerProductOf: old, scaledBy: -1)
            changeCount += 1
            squaresChanged += Vector.dot(old, old) + Vector.dot(new, new)
        } else {
            // The unpenalized rows of V meet zeros in `new`. Every entry is computed afresh: nothing drifts.
            let products = matrix.multiplied(by: new, transposed: true)
            gramian.setColumn(task, to: products)
            gramian.setRow(task, to: products)
        }
    }

    mutating func proximalColumn(
        _ task: Int, of column: [Double], in matrix: Matrix, scale: Double
    ) throws -> [Double] {
        let factor = try currentFactor(of: matrix, scale: scale)
        return ofRows ? factor.applied(to: column) : matrix.multiplied(by: factor.column(task))
    }

    private mutating func currentFactor(of matrix: Matrix, scale: Double) throws -> SpectralFactor {
        if let factor, factor.scale == scale { return factor }
        let renewed = try computeFactor(of: matrix, scale: scale)
        factor = renewed
        factorCount += 1
        return renewed
    }

    private mutating func computeFactor(of matrix: Matrix, scale: Double) throws -> SpectralFactor {
        // Written so that a NaN, from a column that has gone since, forms the matrix anew.
        let isSound = squaresChanged <= Self.cancellationLimit * trace
        if ofRows, changeCount >= MultiTaskLearningLimits.columnChangesBeforeGramIsFormed || !isSound {
            gramian = regularizer.penalizedPart(of: matrix).gramian(ofRows: true)
            changeCount = 0
            squaresChanged = 0
        }
        // A Gram matrix may overflow where V does not.
        if trace.isFinite {
            let eigen = try SymmetricEigendecomposition(gramian)
            let largest = max(eigen.values.last ?? 0, 0).squareRoot()
            if scale >= Self.smallestScaleRatio * largest {
                return SpectralFactor(eigen, scale: scale)
            }
        }
        let penalized = regularizer.penalizedPart(of: matrix)
        return SpectralFactor(try SingularValueDecomposition(penalized), left: ofRows, scale: scale)
    }

    private var trace: Double {
        (0..<gramian.rowCount).reduce(0) { $0 + gramian[$1, $1] }
    }
}
