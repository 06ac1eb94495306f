/// |mean|^2 + deviationWeight / T * sum_t |w_t - mean|^2: one cluster of tasks around a centre of small norm.
///
/// - SeeAlso: Evgeniou, Micchelli, Pontil, Learning multiple tasks with kernel methods (JMLR 6, 2005), section 3.1.
struct EvgeniouCluster: MeanFunction {
    /// Positive.
    let deviationWeight: Double

    func meanCurvature(taskCount: Int) -> Double { 2 / Double(taskCount) }
    func deviationCurvature(taskCount: Int) -> Double { 2 * deviationWeight / Double(taskCount) }
}
