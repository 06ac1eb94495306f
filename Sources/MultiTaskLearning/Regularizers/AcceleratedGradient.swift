internal import LinearAlgebra

/// Accelerated projected gradient iteration, restarted where the momentum points uphill.
///
/// - SeeAlso: Beck and Teboulle, A fast iterative shrinkage-thresholding algorithm (SIAM J. Imaging Sci. 2, 2009);
///   O'Donoghue and Candes, Adaptive restart for accelerated gradient schemes (Found. Comput. Math. 15, 2015).
struct AcceleratedGradient {
    /// The iteration ends when a step is shorter than ``relativeTolerance`` times this.
    let tolerance: Double
    /// Steps at most.
    let limit: Int
    /// What is solved, for messages.
    let subject: String

    private static let relativeTolerance = 1e-13
    /// A step below this is good enough when the steps are used up.
    private static let relativeAllowance = 1e-8

    /// Where the iteration ended.
    struct Outcome {
        let point: Matrix
        fileprivate let lastStep: Double
        fileprivate let gradient: AcceleratedGradient

        /// Returns the point.
        ///
        /// - Throws: ``MultiTaskLearningError`` `.noConvergence` when the last step exceeds the allowance.
        func requireConvergence() throws -> Matrix {
            let allowed = AcceleratedGradient.relativeAllowance * gradient.tolerance
            guard lastStep <= allowed else {
                throw MultiTaskLearningError(
                    code: .noConvergence,
                    message:
                        "\(gradient.subject): the last of \(gradient.limit) steps is \(lastStep) long; it must be "
                        + "at most \(allowed)")
            }
            return point
        }
    }

    /// Approaches a fixed point of `step`, which takes one gradient step and projects.
    func minimizer(from start: Matrix, step: (Matrix) throws -> Matrix) throws -> Outcome {
        var (current, ahead) = (start, start)
        var momentum = 1.0
        var length = 0.0
        for _ in 0..<limit {
            let next = try step(ahead)
            let move = next.adding(ahead, scaledBy: -1)
            length = move.frobeniusNorm
            let progress = next.adding(current, scaledBy: -1)
            current = next
            if length <= Self.relativeTolerance * tolerance { break }
            // In units of the step, so that no product overflows.
            let unit = 1 / length
            if Vector.dot(move.scaled(by: unit).elements, progress.scaled(by: unit).elements) < 0 {
                momentum = 1
                ahead = next
            } else {
                let larger = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
                ahead = next.adding(progress, scaledBy: (momentum - 1) / larger)
                momentum = larger
            }
        }
        return Outcome(point: current, lastStep: length, gradient: self)
    }
}
