/// What the models of the tasks, the columns of the d x T matrix W, are asked to share.
package enum RegularizerKind: String, Sendable, CaseIterable {
    /// The sum of the singular values: a common subspace of low dimension.
    case nuclear
    /// The sum over rows of their Euclidean norms: the same few features in every task.
    case l21
    /// The sum of magnitudes.
    case l1
    /// Half the sum of squares.
    case ridge
    /// `ratio * l1 + (1 - ratio) * ridge`.
    case elasticNet = "elastic-net"
    /// Half the sum over tasks of the squared distance to the mean of all tasks.
    case mean
}
