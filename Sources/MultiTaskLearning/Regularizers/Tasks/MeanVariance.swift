/// Half the sum over tasks of the squared distance to the mean of all tasks.
///
/// - SeeAlso: Evgeniou and Pontil, Regularized multi-task learning (KDD 2004).
struct MeanVariance: MeanFunction {
    func meanCurvature(taskCount: Int) -> Double { 0 }
    func deviationCurvature(taskCount: Int) -> Double { 1 }
}
