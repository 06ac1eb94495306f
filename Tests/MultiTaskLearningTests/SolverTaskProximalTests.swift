internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite("Proximal operator of a task's loss")
struct SolverTaskProximalTests {
    @Test(
        "gamma times the gradient plus the move is zero at the answer",
        arguments: SolverRandomProblem.Losses.allCases, [false, true])
    func optimality(_ losses: SolverRandomProblem.Losses, isWide: Bool) throws {
        var generator = SeededGenerator(seed: 5)
        let tasks = try SolverRandomProblem.tasks(
            losses, scale: .mean, dimension: 8, isWide: isWide, using: &generator)
        for task in tasks {
            var proximal = try TaskProximal(task)
            // The same operator is asked again and again: answers must not depend on the ones before.
            for gamma in [1e-3, 1, 1e3, 1e5, 1e-2] {
                let r = SolverRandomProblem.normals(8, &generator)
                let w = try proximal.point(of: r, gamma: gamma)
                #expect(proximal.stepCount <= SolverLimits.proximalNewtonSteps)
                var residual = Vector.scaled(task.gradient(at: w), by: gamma)
                Vector.add(w, to: &residual)
                Vector.add(r, scaledBy: -1, to: &residual)
                let scale = Vector.norm(r) + gamma * Vector.norm(task.gradient(at: r))
                #expect(Vector.norm(residual) <= 1e-10 * scale, "gamma \(gamma)")
                // What is left is what is reported, but for the rounding of another way to compute it.
                let rounding = 1e-13 * scale
                #expect(Vector.norm(residual) <= proximal.errorBound * (1 + 1e-6) + rounding)
                #expect(task.loss == .logistic || proximal.errorBound == 0)
            }
        }
    }

    @Test("the curvature bound is the Lipschitz constant of the gradient")
    func curvature() throws {
        for isWide in [false, true] {
            var generator = SeededGenerator(seed: 6)
            let tasks = try SolverRandomProblem.tasks(
                .mixed, scale: .sum, dimension: 8, isWide: isWide, using: &generator)
            for task in tasks {
                let expected = try task.lipschitzConstant()
                #expect(abs(try TaskProximal(task).curvatureBound - expected) <= 1e-12 * expected)
            }
        }
    }
}
