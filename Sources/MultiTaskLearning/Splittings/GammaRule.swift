internal import Glibc
package import LinearAlgebra

/// The choice of gamma while an asynchronous Douglas-Rachford study runs, without tuning by anybody.
///
/// With P = prox_{gamma lambda g}(V) and U = (V - P) / gamma the solution pair (P, U) does not depend on gamma; only V
/// does. A change keeps P and U: V <- P + (gamma' / gamma) (V - P). The error bound of the splitting is smallest where
/// gamma is the distance that P still has to travel over the one that U has to. In the first three epochs that is
/// |P| / |U|, from zero (Lorenz and Tran-Dinh, Comput. Optim. Appl. 2019); later it is what both travelled in the last
/// three epochs. After 40 epochs gamma never changes again: from then on this is the splitting with one gamma, started
/// from where it stands.
///
/// Everything is decided on counters of accepted updates, never on time: from a stored ``State`` the same updates lead
/// to the same gammas.
package struct GammaRule: Sendable {
    /// What must outlive a process.
    package struct State: Sendable, Equatable {
        /// P and U at the start of a travel.
        package struct Snapshot: Sendable, Equatable {
            package var primal: Matrix
            package var dual: Matrix

            package init(primal: Matrix, dual: Matrix) {
                self.primal = primal
                self.dual = dual
            }
        }

        package var gamma: Double
        /// How many times gamma was changed.
        package var gammaEpoch: UInt64 = 0
        /// The mode of ``StepGuard``.
        package var guardMode = 0
        /// The smallest residual at an epoch's end since the guard's last trigger, as ``StepGuard`` lets it age.
        package var smallestResidual: Double?
        /// The version up to which the rule has looked.
        package var version: UInt64 = 0
        package var snapshot: Snapshot?

        package init(gamma: Double) {
            self.gamma = gamma
        }
    }

    /// What one look changed beside ``State/version``.
    package enum Outcome: Sendable, Equatable {
        case nothing
        /// The state, but not V.
        case state
        /// gamma, the scale of the proximal operator, and V.
        case gamma
    }

    /// gamma times lambda at the start.
    ///
    /// From above: from far below, a problem whose solution is nearly zero stays where it is.
    package static let initialThreshold = 1e4
    private static let largestGamma = 1e100
    /// The number of epochs after which gamma never changes.
    package static let lastEpoch: UInt64 = 40

    private static let bootstrapEpochs: UInt64 = 3
    /// Epochs in which |P| / |U| is taken as it is; then a quarter, as few large directions make most of |P|.
    private static let uncorrectedEpochs: UInt64 = 2
    private static let bootstrapCorrection = 0.25
    private static let ticksPerEpoch: UInt64 = 4
    private static let largestBootstrapRatio = 10.0
    private static let firstSnapshotEpoch: UInt64 = 5
    private static let travelEpochs: UInt64 = 3
    private static let travelFactor = 1.25
    private static let travelExponent = 0.7
    private static let largestTravelRatio = 2.0
    /// Bounds of a travel's target as parts of |P| / |U|.
    private static let travelBounds = 0.1...0.4
    private static let deadBand = 1.25

    package private(set) var state: State
    private let lambda: Double
    private let taskCount: UInt64
    private let isFixed: Bool
    private let relaxation: Double
    private let inertia: Double
    private let columnNormBound: Double

    /// Creates the rule of a study that has not begun.
    ///
    /// - Parameters:
    ///   - lambda: Not negative.
    ///   - taskCount: At least 1.
    ///   - relaxation: The study's.
    ///   - initialThreshold: gamma times lambda at the start, where the study sets no gamma.
    ///   - columnNormBound: A change that would make a column of V longer is not made.
    package init(
        _ splitting: DouglasRachford, lambda: Double, taskCount: Int,
        relaxation: Double = DouglasRachford.defaultRelaxation,
        initialThreshold: Double = initialThreshold, columnNormBound: Double = .infinity
    ) {
        let chosen = lambda > 0 ? min(initialThreshold / lambda, Self.largestGamma) : initialThreshold
        self.init(
            splitting, lambda: lambda, taskCount: taskCount, relaxation: relaxation,
            columnNormBound: columnNormBound, restoring: State(gamma: splitting.fixedGamma ?? chosen))
    }

    /// Creates the rule of a study that stands at `state`.
    package init(
        _ splitting: DouglasRachford, lambda: Double, taskCount: Int,
        relaxation: Double = DouglasRachford.defaultRelaxation, columnNormBound: Double = .infinity,
        restoring state: State
    ) {
        precondition(taskCount >= 1, "at least 1 task, got \(taskCount)")
        self.state = state
        self.lambda = lambda
        self.taskCount = UInt64(taskCount)
        self.columnNormBound = columnNormBound
        isFixed = splitting.fixedGamma != nil
        self.relaxation = relaxation
        inertia = splitting.inertia
    }

    /// The scale of the proximal operator, gamma times lambda.
    package var scale: Double { state.gamma * lambda }

    /// Looks at the study after `version` updates; at most one look a version, in the order of versions.
    ///
    /// - Parameters:
    ///   - iterate: V at the scale ``scale``; changed with gamma.
    ///   - residual: |Y - P| over each task's newest answer.
    ///   - areAllHeard: Whether every task that may write was heard in the last ``StepGuard/silentEpochs`` epochs.
    /// - Throws: As ``Regularizer/proximal(of:scale:)`` does.
    /// - Complexity: O(1), and at 50 or so versions of a whole study that of the prox of V.
    package mutating func look(
        at version: UInt64, iterate: inout AuxiliaryMatrix, residual: Double,
        areAllHeard: @autoclosure () -> Bool = true
    ) throws -> Outcome {
        precondition(version >= state.version, "version \(version) after \(state.version)")
        let old = state
        state.version = version
        let epochs = (passed: old.version / taskCount, reached: version / taskCount)
        var outcome = Outcome.nothing
        if epochs.reached > epochs.passed, epochs.reached >= StepGuard.firstEpoch {
            watch(residual, areAllHeard: areAllHeard())
            outcome = .state
        }
        if isFixed { return outcome }
        let tick = max(1, taskCount / Self.ticksPerEpoch)
        if version / tick > old.version / tick, version <= Self.bootstrapEpochs * taskCount {
            return try bootstrap(&iterate) ? .gamma : outcome
        }
        guard epochs.reached > epochs.passed, let kind = Self.travelEvent(in: epochs) else { return outcome }
        return try travel(&iterate, isFirst: kind == .first) ? .gamma : .state
    }

    // MARK: -

    private enum TravelEvent {
        case first
        case next
    }

    /// What is due at one of the epochs' ends from `passed`, excluded, to `reached`.
    private static func travelEvent(in epochs: (passed: UInt64, reached: UInt64)) -> TravelEvent? {
        func count(_ epoch: UInt64) -> UInt64 {
            epoch < firstSnapshotEpoch
                ? 0 : 1 + (min(epoch, lastEpoch) - firstSnapshotEpoch) / travelEpochs
        }
        let (before, after) = (count(epochs.passed), count(epochs.reached))
        return after == before ? nil : before == 0 ? .first : .next
    }

    private mutating func watch(_ residual: Double, areAllHeard: Bool) {
        if let smallest = state.smallestResidual, residual > StepGuard.growth * smallest {
            state.guardMode = StepGuard.next(
                after: state.guardMode, relaxation: relaxation, inertia: inertia)
            state.smallestResidual = nil
        } else {
            let ages = areAllHeard && inertia > 0 && state.guardMode == 0
            let decrease = ages ? StepGuard.stalledDecrease : 1
            state.smallestResidual = min(decrease * (state.smallestResidual ?? residual), residual)
        }
    }

    private mutating func bootstrap(_ iterate: inout AuxiliaryMatrix) throws -> Bool {
        guard iterate.matrix.frobeniusNorm > 0 else { return false }
        let primal = try iterate.freshProximal()
        let primalNorm = primal.frobeniusNorm
        guard primalNorm > 0 else {
            // gamma was too large, and the answers so far are the tasks' own models: V is kept.
            // The dual norm may be an upper bound: P vanishes at this gamma already.
            let vanishing = try iterate.regularizer.dualNorm(of: iterate.matrix, target: iterate.scale)
            change(
                to: vanishing.map { min($0 / lambda, state.gamma) / 2 }
                    ?? state.gamma / Self.largestBootstrapRatio)
            iterate.setScale(scale)
            return true
        }
        let isEarly = state.version <= Self.uncorrectedEpochs * taskCount
        let dualNorm = iterate.matrix.adding(primal, scaledBy: -1).frobeniusNorm / state.gamma
        let target = (isEarly ? 1 : Self.bootstrapCorrection) * primalNorm / dualNorm
        return move(towards: target, largestRatio: Self.largestBootstrapRatio, primal, &iterate)
    }

    private mutating func travel(_ iterate: inout AuxiliaryMatrix, isFirst: Bool) throws -> Bool {
        let primal = try iterate.freshProximal()
        let dual = iterate.matrix.adding(primal, scaledBy: -1).scaled(by: 1 / state.gamma)
        let start = state.snapshot
        let isLast = state.version / taskCount + Self.travelEpochs > Self.lastEpoch
        state.snapshot = isLast ? nil : .init(primal: primal, dual: dual)
        guard !isFirst, let start else { return false }
        let primalTravel = primal.adding(start.primal, scaledBy: -1).frobeniusNorm
        let dualTravel = dual.adding(start.dual, scaledBy: -1).frobeniusNorm
        guard primalTravel > 0, dualTravel > 0 else { return false }
        let whole = primal.frobeniusNorm / dual.frobeniusNorm
        let travelled =
            pow(state.gamma, 1 - Self.travelExponent)
            * pow(Self.travelFactor * primalTravel / dualTravel, Self.travelExponent)
        let target = min(
            max(travelled, Self.travelBounds.lowerBound * whole), Self.travelBounds.upperBound * whole)
        return move(towards: target, largestRatio: Self.largestTravelRatio, primal, &iterate)
    }

    /// Changes gamma within a ratio, P and U kept, unless it is nearly there.
    private mutating func move(
        towards target: Double, largestRatio: Double, _ primal: Matrix, _ iterate: inout AuxiliaryMatrix
    ) -> Bool {
        guard target > 0, target.isFinite else { return false }
        let ratio = min(max(target / state.gamma, 1 / largestRatio), largestRatio)
        guard ratio > Self.deadBand || ratio < 1 / Self.deadBand else { return false }
        let changed = primal.adding(iterate.matrix.adding(primal, scaledBy: -1), scaledBy: ratio)
        let isLong = (0..<changed.columnCount).contains {
            !(Vector.norm(changed.column($0)) <= columnNormBound)
        }
        guard !isLong, state.gamma * ratio <= Self.largestGamma else { return false }
        change(to: ratio * state.gamma)
        iterate.replace(by: changed, scale: scale)
        return true
    }

    private mutating func change(to gamma: Double) {
        state.gamma = gamma
        state.gammaEpoch += 1
    }
}
