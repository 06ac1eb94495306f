/// What the models of the tasks, the columns of the d x T matrix W, are asked to share.
///
/// ``description`` has formula, paper and cost of each.
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
    /// The squared norm of the mean, and the mean squared distance to it: one cluster around a small centre.
    case evgeniou
    /// Half the weighted squared distances of neighbours in a task graph.
    case graph
    /// Half the squared distances of successive tasks.
    case temporal
    /// tr(W Omega^-1 W') with a given covariance of the tasks.
    case covariance
    /// The least of tr(W Omega^-1 W') / 2 over covariances of trace 1: half the squared nuclear norm.
    case learnedCovariance = "learned-covariance"
    /// The sum over rows of their largest magnitude.
    case l1inf
    /// Rows' norms and magnitudes on the same W.
    case sparseGroup = "sparse-group"
    /// `l1inf` of one part of W and `l1` of the rest.
    case dirty
    /// `l21` of one part of W and `l1` of the rest.
    case dirtyL21 = "dirty-l21"
    /// `nuclear` of one part of W and the columns' norms of the rest: low rank, but for outlier tasks.
    case robust
    /// One norm of one part of W and another of the rest: any two of ``SplitParts/Norm``.
    case split
    /// Tasks in clusters, the relaxation of k-means.
    case cmtl
    /// Tasks in clusters, with prices for the global mean, between and within.
    case jacob
    /// The sum over pairs of tasks of their distance: clusters of equal tasks.
    case pairwise

    /// How the spectral factor of the proximal operator is renewed as V changes; nil where there is none.
    package var factorRenewal: FactorRenewal? {
        switch self {
        case .nuclear: .refinement
        case .learnedCovariance, .cmtl, .jacob: .decomposition
        default: nil
        }
    }

    /// Whether the proximal operator is an iteration over the whole matrix, after every change of V.
    ///
    /// Of ``split`` some pairs of norms have a closed form instead.
    package var iteratesProximal: Bool {
        switch self {
        case .robust, .pairwise, .split: true
        default: false
        }
    }

    /// Whether the regularizer is made of two norms that a study names, ``SplitParts``.
    package var takesParts: Bool { self == .split }

    /// What the regularizer must be told of the tasks, where it must.
    package var requiredStructure: TaskStructure.Kind? {
        switch self {
        case .graph: .graph
        case .covariance: .covariance
        default: nil
        }
    }
}

/// How a spectral factor is renewed after changes of V.
package enum FactorRenewal: Sendable {
    /// From the one before it, where few directions have changed.
    case refinement
    /// From V alone.
    case decomposition
}
