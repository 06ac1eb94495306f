internal import LinearAlgebra

/// All that a new spectral factor is computed from: a value that may go to any thread.
///
/// ``AuxiliaryMatrix/factorSnapshot()`` takes it, ``refreshed()`` computes, and
/// ``AuxiliaryMatrix/install(_:)`` takes the result back, whatever has changed meanwhile.
package struct FactorSnapshot: Sendable {
    /// How many column changes V had seen.
    package let version: Int
    /// Which V it is of: it differs once a matrix was replaced as a whole, or its scale changed.
    var generation = 0
    /// The scale of the proximal operator.
    private let scale: Double
    private let tolerance: Double
    private let regularizer: Regularizer
    /// V; nil where what is followed is to do, so that V may change while the factor is computed and is not copied.
    private let matrix: Matrix?
    private let ofRows: Bool
    /// What the changes are to be applied to; nil where the Gram matrix must be formed from V.
    private var tracker: SpectralTracker?
    private let changes: [ColumnChange]

    init(
        version: Int, scale: Double, tolerance: Double, regularizer: Regularizer, matrix: Matrix?,
        ofRows: Bool, tracker: SpectralTracker?, changes: [ColumnChange]
    ) {
        self.version = version
        self.scale = scale
        self.tolerance = tolerance
        self.regularizer = regularizer
        self.matrix = matrix
        self.ofRows = ofRows
        self.tracker = tracker
        self.changes = changes
    }

    /// Computes the factor.
    ///
    /// - Returns: The factor; without one where the Gram matrix must be formed anew and the snapshot has no V. Once that is
    ///   installed, the next snapshot has it.
    /// - Throws: `LinearAlgebraError` when V is not finite or a decomposition does not converge.
    /// - Complexity: O(m^2 k) for a smaller side of m and k directions of interest; O(d T m) where the Gram matrix must
    ///   be formed, O(m^3) where all of it must be decomposed.
    package func refreshed() throws -> RefreshedFactor {
        var copy = self
        return try copy.refresh()
    }

    /// Computes the factor; the snapshot is used up, so that nothing need be copied.
    mutating func refresh() throws -> RefreshedFactor {
        if let tracker = tracker.take(), tolerance > 0, let result = try refreshed(tracker) { return result }
        guard let matrix else { return result(nil, nil, isDecomposed: false) }
        let penalized = regularizer.penalizedPart(of: matrix)
        let norm = penalized.frobeniusNorm
        let trace = norm * norm
        let size = ofRows ? matrix.rowCount : matrix.columnCount
        let inner = ofRows ? matrix.columnCount : matrix.rowCount
        let rounding = SpectralTracker.unit * Double(inner).squareRoot() * trace
        let laterRounding = SpectralTracker.unit * Double(size).squareRoot() * trace
        if Self.squareRange.contains(trace), allows(rounding: rounding + laterRounding, norm: norm) {
            let tracker = try SpectralTracker(
                penalized.gramian(ofRows: ofRows), columnCount: matrix.columnCount, rounding: rounding,
                scale: scale)
            return result(tracker, tracker.decomposedFactor(scale: scale), isDecomposed: true)
        }
        if norm <= scale {
            return result(nil, SpectralFactor(zeroOfSize: size, scale: scale), isDecomposed: false)
        }
        let decomposition = try SingularValueDecomposition(penalized)
        return result(
            nil, SpectralFactor(decomposition, left: ofRows, scale: scale), isDecomposed: true)
    }

    /// Beyond these, squares of V's elements, or of its small singular values, leave the range of doubles.
    private static let squareRange = 1e-200...1e200
    /// The share of the tolerance that rounding may take.
    private static let roundingShare = 0.5
    /// Without a tolerance: the scale over |V|_F below which the factor is taken from V itself.
    ///
    /// The Gram matrix squares the singular values, so its rounding moves a column by about
    /// `eps * |V| / scale` of V's size: less than 1e-12 at this ratio (measured: 28 x 139, condition 1e6).
    private static let smallestScaleRatio = 1e-4

    private func refreshed(_ tracker: consuming SpectralTracker) throws -> RefreshedFactor? {
        for change in changes { tracker.apply(change) }
        let trace = tracker.trace
        let norm = trace.squareRoot()
        guard Self.squareRange.contains(trace), allows(rounding: tracker.rounding, norm: norm) else {
            return nil
        }
        if norm <= scale {
            return result(
                tracker, SpectralFactor(zeroOfSize: tracker.basis.rowCount, scale: scale), isDecomposed: false
            )
        }
        if let factor = try tracker.refinedFactor(scale: scale, limit: tolerance * norm) {
            return result(tracker, factor, isDecomposed: false)
        }
        try tracker.decompose(scale: scale)
        guard allows(rounding: tracker.rounding, norm: norm) else { return nil }
        return result(tracker, tracker.decomposedFactor(scale: scale), isDecomposed: true)
    }

    private func allows(rounding: Double, norm: Double) -> Bool {
        tolerance > 0
            ? 2.2 * rounding / scale <= Self.roundingShare * tolerance * norm
            : scale >= Self.smallestScaleRatio * norm
    }

    private func result(
        _ tracker: SpectralTracker?, _ factor: SpectralFactor?, isDecomposed: Bool
    ) -> RefreshedFactor {
        RefreshedFactor(
            version: version, generation: generation, tracker: tracker, factor: factor,
            isDecomposed: isDecomposed)
    }
}

/// A spectral factor computed from a ``FactorSnapshot``.
package struct RefreshedFactor: Sendable {
    /// How many column changes V had seen when the snapshot was taken.
    package let version: Int
    let generation: Int
    let tracker: SpectralTracker?
    /// nil where it could not be computed without V.
    let factor: SpectralFactor?
    /// Whether a full decomposition was needed.
    package let isDecomposed: Bool
}
