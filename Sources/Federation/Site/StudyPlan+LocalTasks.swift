package import MultiTaskLearning
package import PrivacyMechanisms
internal import SeededRandom

extension StudyPlan {
    /// Returns the work for each of `objectives`, of tasks in the plan.
    ///
    /// Whatever is drawn for it follows from `seed`, but for the operating system's randomness.
    ///
    /// - Parameters:
    ///   - randomness: Of samples and noise, where the study is private.
    ///   - persons: Whose record each one is, by task, where it protects persons.
    ///   - recording: Makes the noisy gradients of a task instead, where its releases are recorded for an audit.
    /// - Throws: As ``LocalTask/init(_:plan:random:noisy:)`` does; `MechanismError`.
    package func localTasks(
        _ objectives: [TaskName: TaskObjective], seed: UInt64, randomness: RandomnessKind,
        persons: [TaskName: [String]] = [:],
        recording: ((TaskName, TaskGradients) throws -> any NoisyGradients)? = nil
    ) throws -> [TaskName: LocalTask] {
        var seeds = SeededGenerator(seed: ~seed)
        var locals: [TaskName: LocalTask] = [:]
        for task in tasks {
            let random = SeededGenerator(seed: seeds.next())
            guard let objective = objectives[task.name] else { continue }
            let noisy: (any NoisyGradients)? = try privacy?.plans[task.name].map { plan in
                let gradients = TaskGradients(objective, plan: plan, persons: persons[task.name])
                return if let recording {
                    try recording(task.name, gradients)
                } else if randomness == .operatingSystem {
                    try GaussianGradients(gradients, source: SystemRandomness())
                } else {
                    try GaussianGradients(gradients, source: SeededRandomness(seed: seeds.next()))
                }
            }
            locals[task.name] = try LocalTask(objective, plan: self, random: random, noisy: noisy)
        }
        return locals
    }
}
