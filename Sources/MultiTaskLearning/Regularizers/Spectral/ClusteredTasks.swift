/// min over M of eta (1 + eta) tr(W (eta I + M)^-1 W') with tr M = clusters and 0 <= M <= I: tasks in k clusters,
/// the convex relaxation of k-means (CMTL).
///
/// - SeeAlso: Zhou, Chen, Ye, Clustered multi-task learning via alternating structure optimization (NIPS 2011), with
///   eta = rho2 / rho1.
struct ClusteredTasks: SpectralFunction {
    let clusterCount: Int
    /// Positive.
    let eta: Double

    func budget(taskCount: Int) -> SpectralBudget {
        SpectralBudget(
            coefficient: eta * (1 + eta), lower: eta, upper: 1 + eta,
            total: Double(clusterCount) + Double(taskCount) * eta, count: taskCount)
    }

    func checkTasks(count: Int) throws {
        try Self.check(clusterCount: clusterCount, taskCount: count)
    }

    static func check(clusterCount: Int, taskCount: Int) throws {
        guard clusterCount <= taskCount else {
            throw MultiTaskLearningError(
                code: .shapeMismatch,
                message:
                    "\(clusterCount) clusters of \(taskCount) tasks; there must be at most as many as tasks")
        }
    }
}
