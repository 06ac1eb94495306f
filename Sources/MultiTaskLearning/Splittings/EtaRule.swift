internal import LinearAlgebra

/// The choice of backward-forward's eta from the tasks' Lipschitz constants: one for all tasks, never raised.
///
/// eta = 1.9 / L with L the largest constant that was ever reported, each the Lipschitz constant of its task's weighted
/// gradient (``TaskObjective/lipschitzConstant()``). Below 2 / L the backward-forward operator is averaged; 1.9 leaves
/// rounding its room.
///
/// - SeeAlso: Combettes and Yamada 2015, Proposition 2.4; Baytas et al. 2016, section III-C.
package enum EtaRule {
    /// eta, and how many times it was lowered since it was chosen.
    package struct State: Sendable, Equatable {
        package var eta: Double
        package var epoch: UInt64

        package init(eta: Double, epoch: UInt64 = 0) {
            self.eta = eta
            self.epoch = epoch
        }
    }

    /// eta times the largest constant.
    package static let numerator = 1.9
    /// eta times the largest constant, beyond which eta is lowered: a constant that differs in its last digits only, as
    /// another processor may find it, changes nothing.
    package static let largestProduct = 1.99
    /// The largest eta: that of tasks whose constants are (nearly) 0.
    package static let largestEta = 1e12
    /// The largest constant that may be reported: of more, eta would be no step.
    package static let largestLipschitzConstant = 1e100
    /// Of eta times lambda, which is the scale of a proximal operator and must be finite.
    private static let largestScale = 1e300

    /// Returns 1.9 / max L, or less where that is beyond the bounds: positive and finite.
    ///
    /// - Parameters:
    ///   - lipschitzConstants: At least 1, each from 0 to ``largestLipschitzConstant``.
    ///   - lambda: Finite and not negative.
    package static func eta(lipschitzConstants: [Double], lambda: Double) -> Double {
        precondition(!lipschitzConstants.isEmpty, "eta is of at least 1 task")
        precondition(
            lipschitzConstants.allSatisfy((0...largestLipschitzConstant).contains),
            "a Lipschitz constant is from 0 to \(largestLipschitzConstant), got \(lipschitzConstants)")
        let largest = lipschitzConstants.max() ?? 0
        return min(numerator / largest, largestEta, largestScale / lambda)
    }

    /// Moves V from one eta to another so that the model stays: V becomes P + (eta' / eta) (V - P).
    ///
    /// At a fixed point V - P is -eta times the gradients, and (V - P) / (eta lambda) is a subgradient of g at P: so the
    /// prox of the new V at the new scale is P again.
    ///
    /// - Parameter iterate: V at the scale eta lambda.
    /// - Throws: As ``AuxiliaryMatrix/proximal()`` does.
    package static func rescale(
        _ iterate: inout AuxiliaryMatrix, from old: Double, to new: Double, lambda: Double
    ) throws {
        let primal = try iterate.proximal()
        let moved = primal.adding(iterate.matrix.adding(primal, scaledBy: -1), scaledBy: new / old)
        iterate.replace(by: moved, scale: new * lambda)
    }
}
