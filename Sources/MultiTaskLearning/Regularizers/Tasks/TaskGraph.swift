/// A weighted, undirected graph whose vertices are the tasks, in the order of the columns.
package struct TaskGraph: Sendable, Equatable {
    /// Two tasks that should be alike.
    package struct Edge: Sendable, Equatable {
        package let first: Int
        package let second: Int
        package let weight: Double

        package init(_ first: Int, _ second: Int, weight: Double = 1) {
            self.first = first
            self.second = second
            self.weight = weight
        }
    }

    package let taskCount: Int
    /// Edges between the same two tasks add up.
    package let edges: [Edge]

    /// Creates a graph.
    ///
    /// - Parameter taskCount: From 1 to ``MultiTaskLearningLimits/coupledTaskCount``.
    /// - Parameter edges: Between two different tasks each, of a weight that is finite and above 0.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package init(taskCount: Int, edges: [Edge]) throws {
        try Self.check(taskCount: taskCount, of: "a task graph")
        for edge in edges {
            for task in [edge.first, edge.second] where !(0..<taskCount).contains(task) {
                throw Self.invalid(
                    "an edge names task \(task); the graph has the tasks 0 to \(taskCount - 1)")
            }
            guard edge.first != edge.second else {
                throw Self.invalid("an edge joins task \(edge.first) with itself; it must join two tasks")
            }
            guard edge.weight > 0, edge.weight.isFinite else {
                throw Self.invalid(
                    "the edge of tasks \(edge.first) and \(edge.second) has weight \(edge.weight); "
                        + "a weight must be finite and above 0")
            }
        }
        self.taskCount = taskCount
        self.edges = edges
    }

    /// The sets of tasks that paths join, each ascending.
    var components: [[Int]] {
        var roots = Array(0..<taskCount)
        func root(_ task: Int) -> Int {
            var current = task
            while roots[current] != current { current = roots[current] }
            return current
        }
        for edge in edges {
            let (first, second) = (root(edge.first), root(edge.second))
            roots[max(first, second)] = min(first, second)
        }
        let groups = Dictionary(grouping: 0..<taskCount, by: root)
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    static func check(taskCount: Int, of what: String) throws {
        let limit = MultiTaskLearningLimits.coupledTaskCount
        guard (1...limit).contains(taskCount) else {
            throw invalid("\(what) has \(taskCount) tasks; it must have 1 to \(limit)")
        }
    }

    private static func invalid(_ message: String) -> MultiTaskLearningError {
        MultiTaskLearningError(code: .invalidParameter, message: message)
    }
}
