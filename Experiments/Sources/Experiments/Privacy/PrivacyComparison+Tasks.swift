internal import Datasets

extension PrivacyComparison {
    /// Returns how many tasks score better in one outcome than in another, by the mean of the seeds, and of how many.
    package func tasksBetter(in one: Outcome, than other: Outcome) -> (count: Int, of: Int) {
        var (count, all) = (0, 0)
        for task in problem.dataset.tasks.indices {
            let differences = zip(one.taskScores, other.taskScores).compactMap { left, right in
                left[task].flatMap { score in right[task].map { score - $0 } }
            }
            guard !differences.isEmpty else { continue }
            all += 1
            let sum = differences.reduce(0, +)
            if problem.score.isLargerBetter ? sum > 0 : sum < 0 { count += 1 }
        }
        return (count, all)
    }

    /// Returns, for each seed, the mean of the scores of some tasks, in the document's unit.
    package func scores(_ outcome: Outcome, ofTasks tasks: [Int]) -> [Double] {
        outcome.taskScores.compactMap { scores in
            let own = tasks.compactMap { scores[$0] }
            return own.isEmpty ? nil : own.reduce(0, +) / Double(own.count) * problem.unit
        }
    }

    /// Returns the tasks with the fewest records and those with the most, as many of each.
    package func extremes(count: Int) -> (smallest: [Int], largest: [Int]) {
        let tasks = problem.dataset.tasks
        // Tasks of the same size stand in their order.
        let order = tasks.indices.sorted { (tasks[$0].recordCount, $0) < (tasks[$1].recordCount, $1) }
        return (Array(order.prefix(count)), Array(order.suffix(count)))
    }
}
