package import LinearAlgebra

/// After how many epochs a study's model was first within 1e-1 to 1e-8 of the optimum, relative to it.
package struct ConvergenceRecord: Sendable {
    /// The negated exponents of ten that are looked for.
    package static let exponents = 1...8

    private let objective: @Sendable (Matrix) throws -> Double
    private let optimum: Double
    private let target: Double
    /// By exponent; nil where it was not reached yet.
    package private(set) var epochs: [Int: Int] = [:]
    /// The newest objective; nil before the first epoch.
    package private(set) var objectiveValue: Double?

    /// Creates a record without an entry.
    ///
    /// - Parameters:
    ///   - target: The relative suboptimality at which a study may end.
    ///   - objective: The objective of a model, dimension x tasks.
    package init(
        optimum: Double, target: Double, objective: @escaping @Sendable (Matrix) throws -> Double
    ) {
        self.optimum = optimum
        self.target = target
        self.objective = objective
    }

    /// (objective - optimum) / |optimum| at the newest epoch.
    package var relativeSuboptimality: Double? {
        objectiveValue.map { ($0 - optimum) / max(optimum.magnitude, .leastNormalMagnitude) }
    }

    /// Takes note of the model at an epoch's end; returns whether the target is reached.
    package mutating func observe(_ model: Matrix, epoch: Int) throws -> Bool {
        objectiveValue = try objective(model)
        guard let relativeSuboptimality else { return false }
        for (exponent, bound) in zip(Self.exponents, Self.bounds)
        where epochs[exponent] == nil && relativeSuboptimality <= bound {
            epochs[exponent] = epoch
        }
        return relativeSuboptimality <= target
    }

    /// Written out: powers that are multiplied up would round.
    private static let bounds = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8]
}
