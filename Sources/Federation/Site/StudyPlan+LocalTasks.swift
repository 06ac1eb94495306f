package import MultiTaskLearning
internal import SeededRandom

extension StudyPlan {
    /// Returns the work for each of `objectives`, of tasks in the plan; whatever is drawn for it follows from `seed`.
    ///
    /// - Throws: As ``LocalTask/init(_:plan:random:)`` does.
    package func localTasks(
        _ objectives: [TaskName: TaskObjective], seed: UInt64
    ) throws -> [TaskName: LocalTask] {
        var seeds = SeededGenerator(seed: ~seed)
        var locals: [TaskName: LocalTask] = [:]
        for task in tasks {
            let random = SeededGenerator(seed: seeds.next())
            guard let objective = objectives[task.name] else { continue }
            locals[task.name] = try LocalTask(objective, plan: self, random: random)
        }
        return locals
    }
}
