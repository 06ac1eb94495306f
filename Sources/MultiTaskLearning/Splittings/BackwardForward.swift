package import LinearAlgebra

/// The backward-forward splitting, one column at a time: the aggregator takes the proximal step, the site the
/// gradient step.
///
/// With p = column t of prox_{eta lambda g}(V), the site sends u = p - eta * gradient(p) and the aggregator sets
/// v_t <- v_t + relaxation * (u - v_t). At a fixed point W = prox_{eta lambda g}(V) minimises the problem.
///
/// - SeeAlso: Baytas et al., Asynchronous Multi-Task Learning (ICDM 2016), algorithm 1 and equation III.4.
package struct BackwardForward: Sendable, Equatable {
    /// The forward step, one for all tasks; lambda times it is the scale of the proximal operator.
    package let eta: Double

    /// Creates the splitting.
    ///
    /// - Parameter eta: Positive; it converges below ``stepBound(lipschitzConstants:)``.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package init(eta: Double) throws {
        guard eta.isFinite, eta > 0 else {
            throw MultiTaskLearningError(
                code: .invalidParameter, message: "eta must be positive and finite, got \(eta)")
        }
        self.eta = eta
    }

    /// Returns 2 / L with L the largest of the tasks' Lipschitz constants: eta must be below it.
    ///
    /// Infinite when every constant is 0.
    package static func stepBound(lipschitzConstants: [Double]) -> Double {
        2 / (lipschitzConstants.max() ?? 0)
    }

    /// Returns what the site sends, p - eta * gradient(p).
    ///
    /// - Parameter p: The task's column of the proximal step, d numbers.
    package func siteStep(from p: [Double], objective: TaskObjective) -> [Double] {
        siteStep(from: p, gradient: objective.gradient(at: p))
    }

    /// Returns the same step from a gradient that was computed already, with its loss.
    package func siteStep(from p: [Double], gradient: [Double]) -> [Double] {
        Vector.adding(gradient, scaledBy: -eta, to: p)
    }

    /// Returns the task's new auxiliary column, v + relaxation * (u - v).
    ///
    /// - Parameter v: The task's auxiliary column, d numbers.
    /// - Parameter u: What the site sent, d numbers.
    package static func relaxed(v: [Double], u: [Double], relaxation: Double) -> [Double] {
        Vector.moving(v, towards: u, by: relaxation)
    }

    /// Returns the same step with what its bounds and the residual need, |u - v|^2, |u|^2 and the result's.
    package static func step(v: Span<Double>, u: [Double], relaxation: Double) -> VectorStep {
        Vector.step(v, towards: u, by: relaxation)
    }

    /// Returns |u - v|, how far the task is from a fixed point, before the step.
    package static func residual(v: [Double], u: [Double]) -> Double {
        Vector.norm(Vector.subtracting(v, from: u))
    }
}
