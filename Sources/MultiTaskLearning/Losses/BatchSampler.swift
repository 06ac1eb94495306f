package import SeededRandom

/// Draws the records of a task's forward steps: a uniform choice without replacement, each step anew.
///
/// - Warning: The generator is predictable: what it draws amplifies no privacy.
package struct BatchSampler: Sendable {
    private let batchSize: Int
    private var random: SeededGenerator
    /// A permutation of the task's records, of which each draw shuffles the beginning; empty before the first.
    private var order: [Int] = []

    /// Creates a sampler.
    ///
    /// - Parameter batchSize: Records a step, at least 1.
    package init(batchSize: Int, random: SeededGenerator) {
        precondition(batchSize >= 1, "a batch has at least 1 record, got \(batchSize)")
        self.batchSize = batchSize
        self.random = random
    }

    /// Returns the objective of one step: an estimate of `objective` from a batch, or itself where it has no more
    /// records than that.
    ///
    /// - Parameter objective: The same one each time.
    /// - Complexity: O(b d) for b records, and O(n) at the first.
    package mutating func next(of objective: TaskObjective) -> TaskObjective {
        let count = objective.recordCount
        guard batchSize < count else { return objective }
        if order.isEmpty { order = Array(0..<count) }
        // The beginning of Fisher and Yates: from any order it leaves a uniform choice.
        for index in 0..<batchSize { order.swapAt(index, index + random.integer(below: count - index)) }
        return objective.estimate(fromRecords: Array(order[..<batchSize]))
    }
}
