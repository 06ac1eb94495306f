extension RegularizerKind {
    /// Returns the function with these parameters, each of them in its range; without the added ridge.
    ///
    /// - Parameter parts: Of effect with ``split``; nil for ``SplitParts/standard``.
    func function(
        _ parameters: [RegularizerParameter: Double], _ structure: TaskStructure?, _ parts: SplitParts?
    ) throws -> any ConvexFunction {
        func value(_ parameter: RegularizerParameter) -> Double {
            parameters[parameter] ?? parameter.standardValue
        }
        switch self {
        case .nuclear: return NuclearNorm()
        case .l21: return SparseGroupNorm(rowWeight: 1, elementWeight: 0)
        case .l1: return L1Norm()
        case .ridge: return Ridge()
        case .elasticNet:
            return ElasticNet(l1Weight: value(.l1Ratio), ridgeWeight: 1 - value(.l1Ratio))
        case .mean: return MeanVariance()
        case .evgeniou: return EvgeniouCluster(deviationWeight: value(.deviationWeight))
        case .temporal: return TemporalSmoothness()
        case .learnedCovariance: return LearnedCovariance()
        case .l1inf: return LargestInRowNorm()
        case .sparseGroup:
            try requirePositive(max(value(.rowWeight), value(.elementWeight)), "row_weight or element_weight")
            return SparseGroupNorm(rowWeight: value(.rowWeight), elementWeight: value(.elementWeight))
        case .dirty, .dirtyL21:
            try requirePositive(value(.rowWeight), "row_weight")
            try requirePositive(value(.elementWeight), "element_weight")
            return self == .dirty
                ? DirtyNorm(rowWeight: value(.rowWeight), elementWeight: value(.elementWeight))
                : DirtyRowNorm(rowWeight: value(.rowWeight), elementWeight: value(.elementWeight))
        case .robust:
            return InfimalConvolution(
                first: NuclearNorm(), firstWeight: value(.lowRankWeight), second: OutlierTasks(),
                secondWeight: value(.outlierWeight))
        case .split:
            return (parts ?? SplitParts.standard).function(
                firstWeight: value(.firstWeight), secondWeight: value(.secondWeight))
        case .cmtl:
            return ClusteredTasks(clusterCount: Int(value(.clusters)), eta: value(.clusterEta))
        case .jacob:
            guard value(.betweenWeight) <= value(.withinWeight) else {
                throw Regularizer.invalid(
                    "between_weight is \(value(.betweenWeight)); it must be at most within_weight, "
                        + "\(value(.withinWeight))")
            }
            return ClusterVariance(
                clusterCount: Int(value(.clusters)), meanWeight: value(.meanWeight),
                betweenWeight: value(.betweenWeight), withinWeight: value(.withinWeight))
        case .pairwise: return PairwiseNorms()
        case .graph, .covariance:
            switch structure {
            case .graph(let graph): return try GraphLaplacian(graph)
            case .covariance(let covariance): return try TaskCovariance(covariance)
            case nil: throw Regularizer.invalid("the regularizer \(rawValue) needs a task structure")
            }
        }
    }

    private func requirePositive(_ weight: Double, _ names: String) throws {
        guard weight > 0 else {
            throw Regularizer.invalid(
                "\(names) of the regularizer \(rawValue) is \(weight); it must be above 0")
        }
    }
}
