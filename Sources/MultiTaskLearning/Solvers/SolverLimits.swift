/// The bounds of every loop and memory of the solvers.
package enum SolverLimits {
    /// Evaluations of the splitting operator before ``CentralSolver`` gives up, unless told otherwise.
    package static let splittingEvaluations = 5_000
    /// Evaluations of the splitting operator between two certificates.
    package static let evaluationsPerCertificate = 10
    /// Newton steps of one smooth problem.
    package static let newtonSteps = 100
    /// Newton steps of one task's proximal operator.
    package static let proximalNewtonSteps = 50
    /// Halvings of one Newton step.
    package static let stepHalvings = 50
    /// Steps of the accelerated gradient inside the proximal operator of a regularizer without a closed form.
    package static let innerIterations = 20_000
    /// The same where it only sharpens a certificate.
    package static let certificateIterations = 300
    /// Steps of the method of multipliers inside the value of a regularizer on split parts.
    package static let innerMultiplierSteps = 200
    /// Differences that the Anderson acceleration remembers.
    package static let accelerationMemory = 8
    /// The evaluation after which the scale of the splitting never changes again.
    package static let lastScaleChange = 1_000
}
