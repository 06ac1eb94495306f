package import LinearAlgebra

/// What is known of the tasks beforehand.
package enum TaskStructure: Sendable, Equatable {
    /// A structure without its values.
    package enum Kind: String, Sendable {
        case graph
        case covariance
    }

    /// Which tasks should be alike.
    case graph(TaskGraph)
    /// How the tasks vary together: T x T, symmetric and positive definite.
    case covariance(Matrix)

    /// Returns what remains of the structure for one task alone.
    ///
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package func ofTask(_ task: Int) throws -> TaskStructure {
        switch self {
        case .graph: .graph(try TaskGraph(taskCount: 1, edges: []))
        case .covariance(let covariance):
            .covariance(Matrix(rowCount: 1, columnCount: 1, elements: [covariance[task, task]]))
        }
    }

    /// Which structure.
    package var kind: Kind {
        switch self {
        case .graph: .graph
        case .covariance: .covariance
        }
    }
}
