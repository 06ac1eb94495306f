internal import LinearAlgebra

/// The way to the spectral factor of the nuclear norm: from the one before, where that can be followed.
struct TrackedFactorComputation: FactorComputation {
    /// The scale of the proximal operator.
    let scale: Double
    let tolerance: Double
    let regularizer: Regularizer
    /// V; nil where what is followed is to do, so that V may change while the factor is computed and is not copied.
    let matrix: Matrix?
    let ofRows: Bool
    /// What the changes are to be applied to; nil where the Gram matrix must be formed from V.
    var tracker: SpectralTracker?
    let changes: [ColumnChange]

    mutating func compute() throws -> ComputedFactor {
        if let tracker = tracker.take(), tolerance > 0, let result = try refreshed(tracker) { return result }
        guard let matrix else { return ComputedFactor(factor: nil, isDecomposed: false) }
        let penalized = regularizer.penalizedPart(of: matrix)
        let norm = penalized.frobeniusNorm
        let trace = norm * norm
        let size = ofRows ? matrix.rowCount : matrix.columnCount
        let inner = ofRows ? matrix.columnCount : matrix.rowCount
        let rounding = SpectralTracker.rounding(ofTrace: trace, inner: inner)
        let laterRounding = SpectralTracker.rounding(ofTrace: trace, inner: size)
        if SpectralTracker.squareRange.contains(trace), allows(rounding: rounding + laterRounding, norm: norm)
        {
            let tracker = try SpectralTracker(
                penalized.gramian(ofRows: ofRows), columnCount: matrix.columnCount, rounding: rounding,
                scale: scale)
            return ComputedFactor(
                factor: tracker.decomposedFactor(scale: scale), tracker: tracker, isDecomposed: true)
        }
        if norm <= scale {
            return ComputedFactor(
                factor: SpectralFactor(zeroOfSize: size, scale: scale), isDecomposed: false)
        }
        let decomposition = try SingularValueDecomposition(penalized)
        return ComputedFactor(
            factor: SpectralFactor(decomposition, left: ofRows, scale: scale), isDecomposed: true)
    }

    /// The share of the tolerance that rounding may take.
    private static let roundingShare = 0.5
    /// Without a tolerance: the scale over |V|_F below which the factor is taken from V itself.
    ///
    /// The Gram matrix squares the singular values, so its rounding moves a column by about
    /// `eps * |V| / scale` of V's size: less than 1e-12 at this ratio (measured: 28 x 139, condition 1e6).
    private static let smallestScaleRatio = 1e-4

    private func refreshed(_ tracker: consuming SpectralTracker) throws -> ComputedFactor? {
        for change in changes { tracker.apply(change) }
        let trace = tracker.trace
        let norm = trace.squareRoot()
        guard SpectralTracker.squareRange.contains(trace), allows(rounding: tracker.rounding, norm: norm)
        else { return nil }
        if norm <= scale {
            return ComputedFactor(
                factor: SpectralFactor(zeroOfSize: tracker.basis.rowCount, scale: scale), tracker: tracker,
                isDecomposed: false)
        }
        if let factor = try tracker.refinedFactor(scale: scale, limit: tolerance * norm) {
            return ComputedFactor(factor: factor, tracker: tracker, isDecomposed: false)
        }
        try tracker.decompose(scale: scale)
        guard allows(rounding: tracker.rounding, norm: norm) else { return nil }
        return ComputedFactor(
            factor: tracker.decomposedFactor(scale: scale), tracker: tracker, isDecomposed: true)
    }

    private func allows(rounding: Double, norm: Double) -> Bool {
        tolerance > 0
            ? 2.2 * rounding / scale <= Self.roundingShare * tolerance * norm
            : scale >= Self.smallestScaleRatio * norm
    }
}
