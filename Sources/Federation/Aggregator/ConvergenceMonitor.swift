internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding

/// The fixed-point residual of a study, from each task's newest update.
///
/// |U - V|_F vanishes exactly at the fixed point of the backward-forward operator (Baytas et al. 2016,
/// section III-C), |Y - P|_F at that of Douglas-Rachford; there it is relative to |Y|_F, as V depends on gamma. A task
/// that is silent keeps an old residual, so "small" counts only once every task that may still write has been heard
/// since the sum fell below the tolerance. A frozen task's column is a constant of the
/// problem that is left: its residual can never fall and counts no more.
///
/// - Complexity: O(T) per update.
struct ConvergenceMonitor: Sendable {
    private var squaredResiduals: [Double?]
    private var squaredNorms: [Double]
    private var lastVersions: [UInt64]
    private var isFrozen: [Bool]
    /// The version at which the residual fell below the tolerance and since which it stayed there.
    private var belowSince: UInt64?

    init(state: AggregatorState, splitting: Splitting) {
        squaredResiduals = state.tasks.map(\.squaredResidual)
        // As ``update`` is given them, to the last bit: a study that goes on reports the residual that it had.
        squaredNorms = (0..<state.tasks.count).map { index in
            let column =
                switch splitting {
                case .backwardForward: state.auxiliary.column(index)
                case .douglasRachford: state.tasks[index].updateReference.value
                }
            return Vector.dot(column, column)
        }
        lastVersions = state.tasks.map(\.lastVersion)
        isFrozen = Array(repeating: false, count: state.tasks.count)
    }

    /// |U - V|_F over the tasks heard so far that are not frozen.
    var residual: Double {
        var sum = 0.0
        for index in squaredResiduals.indices where !isFrozen[index] { sum += squaredResiduals[index] ?? 0 }
        return sum.squareRoot()
    }

    /// The residual over |V|_F, or |Y|_F; nil until every task that is not frozen was heard, and where all are frozen; infinite
    /// where that norm is zero and the residual is not.
    var relativeResidual: Double? {
        guard isFrozen.contains(false),
            squaredResiduals.indices.allSatisfy({ isFrozen[$0] || squaredResiduals[$0] != nil })
        else {
            return nil
        }
        return quotient
    }

    /// Says whether a task's column stays as it is.
    mutating func setFrozen(_ index: Int, _ frozen: Bool) {
        isFrozen[index] = frozen
        // What thaws counts again; what freezes can only lower the sum.
        if !frozen { belowSince = nil }
    }

    private var quotient: Double {
        let residual = residual
        return residual == 0 ? 0 : residual / squaredNorms.reduce(0, +).squareRoot()
    }

    mutating func update(
        _ index: Int, squaredResidual: Double, squaredNorm: Double, version: UInt64, tolerance: Double?
    ) {
        squaredResiduals[index] = squaredResidual
        squaredNorms[index] = squaredNorm
        lastVersions[index] = version
        guard let tolerance else { return }
        if quotient > tolerance {
            belowSince = nil
        } else if belowSince == nil {
            belowSince = version
        }
    }

    /// Whether every task that may still write was heard at this version or a later one.
    func areAllHeard(since version: UInt64) -> Bool {
        lastVersions.indices.allSatisfy { lastVersions[$0] >= version || isFrozen[$0] }
    }

    /// Whether the residual is within the tolerance and every task that may still write was heard since it fell
    /// there.
    var isConverged: Bool {
        guard let belowSince else { return false }
        return areAllHeard(since: belowSince)
    }
}
