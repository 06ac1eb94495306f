internal import PrivacyMechanisms
internal import SeededRandom

/// A data set of a linear regression.
struct RegressionData {
    var features: [[Double]]
    var targets: [Double]

    init(recordCount: Int, dimension: Int, using random: inout SeededGenerator) {
        features = []
        targets = []
        for _ in 0..<recordCount {
            features.append((0..<dimension).map { _ in 0.5 * random.normal() })
            targets.append(random.normal())
        }
    }

    /// Returns the gradient of a record's squared loss.
    func gradient(ofRecord index: Int, at column: [Double]) -> [Double] {
        var slope = -targets[index]
        for (feature, weight) in zip(features[index], column) { slope += feature * weight }
        return features[index].map { slope * $0 }
    }
}

/// The gradients of a regression at a column.
struct RegressionGradients: RecordGradients {
    var data: RegressionData
    var column: [Double]

    var recordCount: Int { data.targets.count }

    func gradient(ofRecord index: Int) -> RawGradient {
        RawGradient(data.gradient(ofRecord: index, at: column))
    }
}

/// The gradients of some of the records.
struct GradientSubset<Base: RecordGradients>: RecordGradients {
    var base: Base
    var indices: [Int]

    var recordCount: Int { indices.count }

    func gradient(ofRecord index: Int) throws -> RawGradient { try base.gradient(ofRecord: indices[index]) }
}
