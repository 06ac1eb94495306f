/// The loss of one record under a linear model with prediction z = x' w.
package enum LossKind: String, Sendable, CaseIterable {
    /// (z - y)^2 / 2, for regression. With the factor 1/2, unlike the experiments of Baytas et al. 2016.
    case squared
    /// log(1 + exp(-y z)) with y = -1 or +1, for classification.
    case logistic
}

/// How the losses of a task's records make the loss of the task.
package enum LossScale: String, Sendable, CaseIterable {
    /// Their sum: tasks with more records weigh more.
    case sum
    /// Their mean.
    case mean
}
