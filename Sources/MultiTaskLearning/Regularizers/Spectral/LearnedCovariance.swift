internal import LinearAlgebra

/// Half the squared nuclear norm, min over Omega of tr(W Omega^-1 W') / 2 with tr Omega = 1: the covariance of
/// the tasks is learned with the models.
///
/// The best Omega is (W'W)^{1/2} over its trace, and with it the function is |W|_*^2 / 2: a convex problem in W alone,
/// where the published method alternates between W and Omega.
///
/// - SeeAlso: Zhang and Yeung (UAI 2010); Argyriou, Evgeniou, Pontil, Convex multi-task feature learning (Mach. Learn. 73,
///   2008); distributed: Liu, Pan, Ho (KDD 2017), Smith et al. (NIPS 2017).
struct LearnedCovariance: SpectralFunction {
    func budget(taskCount: Int) -> SpectralBudget {
        SpectralBudget(coefficient: 0.5, lower: 0, upper: 1, total: 1, count: taskCount)
    }
}
