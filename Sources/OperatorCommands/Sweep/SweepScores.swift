internal import Studies

/// The scores of several values of lambda, combined over the tasks, and the choice among them.
///
/// A task's cost is 1 - accuracy, or its root mean squared error. Costs of one metric are divided by the mean of that
/// metric's costs over tasks and lambdas, which changes no order within it and lets metrics be added. The cost of a
/// lambda is the mean over tasks, each counting once, or as often as it has scored records.
struct SweepScores {
    /// How a lambda is chosen.
    enum Rule: String {
        /// The least cost; of equal ones the largest lambda.
        case best
        /// The largest lambda whose cost is above the least by at most one standard error of that difference over
        /// the tasks.
        ///
        /// - SeeAlso: Breiman et al., Classification and Regression Trees, 1984, section 3.4.3; here over tasks, of
        ///   paired differences, as the tasks are what is averaged and differ in difficulty.
        case oneStandardError = "one-standard-error"
    }

    /// Ascending.
    let lambdas: [Double]
    /// The mean cost of each lambda, relative to all: 1 in the middle.
    let costs: [Double]
    /// The metric; nil where tasks have different ones.
    let metric: Score.Metric?
    /// The mean score of each lambda; nil where tasks have different metrics.
    let means: [Double?]
    /// Tasks in the mean.
    let taskCount: Int
    /// By lambda and task.
    private let taskCosts: [[Double]]
    /// By task, of sum 1.
    private let weights: [Double]

    /// Combines scores.
    ///
    /// - Parameters:
    ///   - scores: A row a lambda, with the same tasks in the same order in each, at least one.
    ///   - value: Which of its scores a task is judged by.
    init(
        lambdas: [Double], scores: [[TaskScore]], weighting: SweepWeighting,
        value: (TaskScore) -> Double = { $0.value }
    ) {
        precondition(lambdas.count == scores.count && scores.allSatisfy { !$0.isEmpty }, "a row a lambda")
        self.lambdas = lambdas
        let tasks = scores.first ?? []
        taskCount = tasks.count
        let amounts = tasks.map { weighting == .tasks ? 1 : Double($0.recordCount) }
        let total = amounts.reduce(0, +)
        let weights = amounts.map { $0 / total }
        let raw = scores.map { row in
            row.map { $0.metric.isBetterHigh ? 1 - value($0) : value($0) }
        }
        var scales: [Score.Metric: Double] = [:]
        for metric in Set(tasks.map(\.metric)) {
            let own = tasks.indices.filter { tasks[$0].metric == metric }
            let sum = raw.reduce(0) { sum, row in own.reduce(sum) { $0 + row[$1] } }
            // All costs 0: nothing to compare.
            scales[metric] = sum > 0 ? sum / Double(own.count * raw.count) : 1
        }
        taskCosts = raw.map { row in zip(row, tasks).map { $0 / (scales[$1.metric] ?? 1) } }
        costs = taskCosts.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } }
        let single = scales.count == 1 ? tasks.first?.metric : nil
        metric = single
        means = scores.map { row in
            single == nil ? nil : zip(row, weights).reduce(0) { $0 + value($1.0) * $1.1 }
        }
        self.weights = weights
    }

    /// The place of the lambda that a rule chooses.
    func choice(_ rule: Rule) -> Int {
        let least = costs.min() ?? 0
        let best = costs.lastIndex { $0 <= least + SweepLimits.tieTolerance * least.magnitude } ?? 0
        guard rule == .oneStandardError else { return best }
        return costs.indices.last { index in
            costs[index] - costs[best] <= standardError(of: index, against: best)
        } ?? best
    }

    /// The standard error of the difference of two lambdas' costs, over tasks; 0 for one task.
    func standardError(of index: Int, against other: Int) -> Double {
        guard taskCount > 1 else { return 0 }
        let differences = zip(taskCosts[index], taskCosts[other]).map { $0 - $1 }
        let mean = zip(differences, weights).reduce(0) { $0 + $1.0 * $1.1 }
        let sum = zip(differences, weights).reduce(0) { sum, item in
            sum + item.1 * item.1 * (item.0 - mean) * (item.0 - mean)
        }
        return (sum * Double(taskCount) / Double(taskCount - 1)).squareRoot()
    }
}
