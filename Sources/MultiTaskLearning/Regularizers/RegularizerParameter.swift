/// A number that some regularizers take; its name is that of the key in a study.
package enum RegularizerParameter: String, Sendable, CaseIterable {
    /// The part of l1 in the elastic net.
    case l1Ratio = "l1_ratio"
    /// What the mean squared distance to the mean of all tasks is multiplied by.
    case deviationWeight = "deviation_weight"
    /// What the norms of rows are multiplied by.
    case rowWeight = "row_weight"
    /// What magnitudes of elements are multiplied by.
    case elementWeight = "element_weight"
    /// What the nuclear norm is multiplied by.
    case lowRankWeight = "low_rank_weight"
    /// What the norms of outlier tasks are multiplied by.
    case outlierWeight = "outlier_weight"
    /// What the norm of the first of two parts is multiplied by.
    case firstWeight = "first_weight"
    /// What the norm of the second of two parts is multiplied by.
    case secondWeight = "second_weight"
    /// The number of clusters of tasks.
    case clusters
    /// The ratio of the two prices of clustered tasks.
    case clusterEta = "cluster_eta"
    /// What the global mean costs.
    case meanWeight = "mean_weight"
    /// What the variance between clusters costs.
    case betweenWeight = "between_weight"
    /// What the variance within clusters costs.
    case withinWeight = "within_weight"
    /// The ridge that is added to the regularizer.
    case addedRidge = "added_ridge"

    /// The numbers that it may be.
    package enum Range: Sendable {
        /// From 0 to 1.
        case unit
        /// 0 or above.
        case nonNegative
        /// Above 0.
        case positive
        /// A whole number from 1 to ``MultiTaskLearningLimits/coupledTaskCount``.
        case count
    }

    /// The numbers that it may be.
    package var range: Range {
        switch self {
        case .l1Ratio: .unit
        case .addedRidge, .rowWeight, .elementWeight: .nonNegative
        case .clusters: .count
        default: .positive
        }
    }

    /// Its value where none is given.
    package var standardValue: Double {
        switch self {
        case .l1Ratio: 0.5
        case .addedRidge: 0
        case .clusters: 2
        case .meanWeight: 0.1
        case .betweenWeight: 0.5
        case .withinWeight: 2
        // Below the other part's, or the other part would never be used.
        case .elementWeight, .outlierWeight, .secondWeight: 0.5
        default: 1
        }
    }

    /// What it is, in the words of a study's documentation.
    package var meaning: String {
        switch self {
        case .l1Ratio: "the part of l1"
        case .deviationWeight: "what the distances to the mean cost, over the number of tasks"
        case .rowWeight: "what the rows' norms cost"
        case .elementWeight: "what the elements' magnitudes cost"
        case .lowRankWeight: "what the nuclear norm costs"
        case .outlierWeight: "what the outlier tasks' norms cost"
        case .firstWeight: "what the first norm of `split_parts` costs"
        case .secondWeight: "what the second norm of `split_parts` costs"
        case .clusters: "clusters of tasks, at most as many as tasks"
        case .clusterEta: "ratio of the prices of size and of distance within clusters"
        case .meanWeight: "what the global mean costs"
        case .betweenWeight: "what the variance between clusters costs"
        case .withinWeight: "what the variance within clusters costs, at least `between_weight`"
        case .addedRidge: "half the sum of squares, added this many times to the regularizer"
        }
    }

    /// Throws unless `value` is in the range.
    func check(_ value: Double) throws {
        let (isInside, allowed) =
            switch range {
            case .unit: (value >= 0 && value <= 1, "from 0 to 1")
            case .nonNegative: (value >= 0 && value.isFinite, "finite and at least 0")
            case .positive: (value > 0 && value.isFinite, "finite and above 0")
            case .count:
                (
                    value >= 1 && value <= Double(MultiTaskLearningLimits.coupledTaskCount)
                        && value == value.rounded(),
                    "a whole number from 1 to \(MultiTaskLearningLimits.coupledTaskCount)"
                )
            }
        guard isInside else {
            throw MultiTaskLearningError(
                code: .invalidParameter, message: "\(rawValue) is \(value); it must be \(allowed)")
        }
    }
}

extension RegularizerKind {
    /// The parameters that the regularizer takes; ``RegularizerParameter/addedRidge`` is every one's.
    package var parameters: [RegularizerParameter] {
        switch self {
        case .nuclear, .l21, .l1, .ridge, .mean, .graph, .temporal, .covariance, .learnedCovariance, .l1inf,
            .pairwise:
            [.addedRidge]
        case .elasticNet: [.l1Ratio, .addedRidge]
        case .evgeniou: [.deviationWeight, .addedRidge]
        case .sparseGroup, .dirty, .dirtyL21: [.rowWeight, .elementWeight, .addedRidge]
        case .robust: [.lowRankWeight, .outlierWeight, .addedRidge]
        case .split: [.firstWeight, .secondWeight, .addedRidge]
        case .cmtl: [.clusters, .clusterEta, .addedRidge]
        case .jacob: [.clusters, .meanWeight, .betweenWeight, .withinWeight, .addedRidge]
        }
    }
}
