/// The sum over tasks of each one's newest value.
package struct NewestSum: Sendable {
    private var values: [Double?]
    private var heardCount = 0
    private var changeCount = 0
    /// The sum over the tasks heard so far.
    package private(set) var value = 0.0

    /// Creates a sum over so many tasks, none of them heard.
    package init(taskCount: Int) {
        values = Array(repeating: nil, count: taskCount)
    }

    /// Whether every task has a value.
    package var isComplete: Bool { heardCount == values.count }

    /// Replaces a task's value.
    ///
    /// - Complexity: O(1) amortised.
    package mutating func set(_ newValue: Double, at index: Int) {
        if values[index] == nil { heardCount += 1 }
        value += newValue - (values[index] ?? 0)
        values[index] = newValue
        changeCount += 1
        // Added anew once a round: rounding errors of large early values would outlast them.
        if changeCount.isMultiple(of: values.count) {
            value = values.reduce(0) { $0 + ($1 ?? 0) }
        }
    }
}
