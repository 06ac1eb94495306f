internal import LinearAlgebra

/// The statistic of the nuclear norm: the Gram matrix of the smaller side of V, and the spectral factor made of it.
///
/// With V = U S Z' the proximal operator is U max(S - scale, 0) Z', which is M V with
/// M = U max(1 - scale / S, 0) U' (d <= T), or V M with M = Z max(1 - scale / S, 0) Z' (T < d). Changes of V wait in a
/// list until a factor is wanted (``TrackedFactorComputation``); one column then costs two small products.
struct GramStatistic: FactoredStatistic {
    private let regularizer: Regularizer
    let policy: FactorPolicy
    /// Whether the Gram matrix is V V' (d <= T) or V' V (T < d).
    let ofRows: Bool
    private(set) var held = HeldFactor()
    /// The newest changes, without a gap.
    private var changes: [ColumnChange] = []
    private var tracker: SpectralTracker?
    /// The version that `tracker` has taken in.
    private var trackerVersion = 0

    /// Creates the statistic of V, of which the unpenalized rows are left out.
    init(_ matrix: Matrix, regularizer: Regularizer, policy: FactorPolicy) {
        self.regularizer = regularizer
        self.policy = policy
        ofRows = matrix.rowCount <= matrix.columnCount
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        held.columnChanged()
        // The unpenalized rows of V meet zeros in the difference.
        let change =
            ofRows
            ? ColumnChange(ofRows: task, from: old, to: new)
            : ColumnChange(ofColumns: task, from: old, to: new, in: matrix)
        if change.isFinite, changes.count < MultiTaskLearningLimits.columnChangesBeforeGramIsFormed {
            changes.append(change)
        } else {
            changes = []
            tracker = nil
        }
    }

    mutating func proximalColumn(
        _ task: Int, of column: [Double], in matrix: Matrix, scale: Double
    ) throws -> [Double] {
        let factor = try factor(of: matrix, scale: scale)
        return ofRows ? factor.applied(to: column) : matrix.multiplied(by: factor.column(task))
    }

    func factorSnapshot(of matrix: Matrix, scale: Double) -> FactorSnapshot? {
        // V is left to change in place where it can be done without.
        snapshot(of: tracker == nil || policy.tolerance == 0 ? matrix : nil, scale: scale)
    }

    func freshProximal(of matrix: Matrix, scale: Double) throws -> Matrix? {
        var computation = computation(of: matrix, scale: scale, tracker: nil)
        return try computation.compute().factor?
            .applied(to: regularizer.penalizedPart(of: matrix), fromLeft: ofRows)
    }

    private func snapshot(of matrix: Matrix?, scale: Double) -> FactorSnapshot {
        FactorSnapshot(
            version: held.version, computation: computation(of: matrix, scale: scale, tracker: tracker))
    }

    private func computation(
        of matrix: Matrix?, scale: Double, tracker: SpectralTracker?
    ) -> TrackedFactorComputation {
        TrackedFactorComputation(
            scale: scale, tolerance: policy.tolerance, regularizer: regularizer, matrix: matrix,
            ofRows: ofRows, tracker: tracker,
            changes: tracker == nil ? [] : Array(changes.suffix(held.version - trackerVersion)))
    }

    mutating func install(_ refreshed: RefreshedFactor, scale: Double) -> Bool {
        if refreshed.computed.factor == nil, refreshed.version >= trackerVersion {
            // What is followed has become too inexact: the next snapshot starts from V.
            tracker = nil
            changes = []
        }
        guard held.take(refreshed, scale: scale) else { return false }
        let isNewer = tracker == nil || refreshed.version > trackerVersion
        let laterCount = held.version - refreshed.version
        // It can go on only with every change that came since.
        if let next = refreshed.computed.tracker, isNewer, changes.count >= laterCount {
            tracker = next
            trackerVersion = refreshed.version
            changes.removeFirst(changes.count - laterCount)
        }
        return true
    }

    mutating func usedUpSnapshot(of matrix: Matrix, scale: Double) -> FactorSnapshot {
        // The snapshot then holds the only copy of what is followed.
        defer { tracker = nil }
        return snapshot(of: matrix, scale: scale)
    }
}
