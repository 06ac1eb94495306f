package import Configuration
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning

/// A task's model from its own records alone, which scores are compared with: the same problem with this one task.
///
/// - SeeAlso: docs/decisions/0009-what-local-only-means.md
package struct LocalModel: Sendable, Equatable {
    package let weights: [Double]
    /// Whether the solver reached its gap; where it did not, there may be better weights, or none that are best.
    package let isConverged: Bool

    /// Duality gap, relative to the objective, that the solver is to reach.
    package static let relativeGap = 1e-6

    /// Solves a study's problem with one task in place of all.
    ///
    /// - Throws: As ``StudyConfiguration/ownRegularizer(dimension:task:)`` and the solver do.
    package init(of task: StudyTask, study: StudyConfiguration) throws {
        let solver = try CentralSolver(
            regularizer: study.ownRegularizer(dimension: task.objective.dimension, task: task.name.rawValue),
            lambda: study.lambda, relativeGap: Self.relativeGap)
        let solution = try solver.solve([task.objective])
        weights = solution.w.column(0)
        isConverged = solution.isConverged
    }
}
