/// All that a new spectral factor is computed from: a value that may go to any thread.
///
/// ``AuxiliaryMatrix/factorSnapshot()`` takes it, ``refreshed()`` computes, and
/// ``AuxiliaryMatrix/install(_:)`` takes the result back, whatever has changed meanwhile.
package struct FactorSnapshot: Sendable {
    /// How many column changes V had seen.
    package let version: Int
    /// Which V it is of: it differs once a matrix was replaced as a whole, or its scale changed.
    var generation = 0
    private var computation: any FactorComputation

    init(version: Int, computation: any FactorComputation) {
        self.version = version
        self.computation = computation
    }

    /// Computes the factor.
    ///
    /// - Returns: The factor; without one where the Gram matrix must be formed anew and the snapshot has no V. Once that is
    ///   installed, the next snapshot has it.
    /// - Throws: `LinearAlgebraError` when V is not finite or a decomposition does not converge.
    /// - Complexity: For the nuclear norm O(m^2 k) for a smaller side of m and k directions of interest; O(d T m) where the
    ///   Gram matrix must be formed, O(m^3) where all of it must be decomposed: for the others always.
    package func refreshed() throws -> RefreshedFactor {
        var copy = self
        return try copy.refresh()
    }

    /// Computes the factor; the snapshot is used up, so that nothing need be copied.
    mutating func refresh() throws -> RefreshedFactor {
        RefreshedFactor(version: version, generation: generation, computed: try computation.compute())
    }
}

/// A spectral factor computed from a ``FactorSnapshot``.
package struct RefreshedFactor: Sendable {
    /// How many column changes V had seen when the snapshot was taken.
    package let version: Int
    let generation: Int
    let computed: ComputedFactor

    /// Whether a full decomposition was needed.
    package var isDecomposed: Bool { computed.isDecomposed }
}

/// A way to a spectral factor, with all that it needs.
protocol FactorComputation: Sendable {
    /// Computes the factor and uses up what it is computed from.
    ///
    /// - Throws: `LinearAlgebraError` when V is not finite or a decomposition does not converge.
    mutating func compute() throws -> ComputedFactor
}

/// What a ``FactorComputation`` leaves.
struct ComputedFactor: Sendable {
    /// nil where it could not be computed without V.
    let factor: SpectralFactor?
    /// What follows the changes to come; nil where nothing does.
    var tracker: SpectralTracker?
    /// Whether a full decomposition was needed.
    let isDecomposed: Bool
}
