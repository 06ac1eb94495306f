internal import Glibc
package import LinearAlgebra
internal import SeededRandom

/// Tasks whose true models share a low-rank subspace, made from a seed.
///
/// W = A B / sqrt(r) with A of shape [d, r] and B of shape [r, T], X and the entries of A and B standard
/// normal, so that every entry of W has variance 1. The generated experiments of AMTL (Baytas, Yan, Jain,
/// Zhou, ICDM 2016, section IV-B) do not state their scales; these are ours.
package struct SyntheticProblem: Sendable {
    /// The kind of target.
    package enum Target: Sendable, Equatable {
        /// y = x . w + deviation * standard normal.
        case regression(noiseDeviation: Double)
        /// y is 1 with probability 1 / (1 + exp(-x . w)), else 0.
        case classification
    }

    /// The sizes of a problem.
    package struct Shape: Sendable, Equatable {
        /// The number of tasks, T.
        package var taskCount: Int
        /// The number of features, d.
        package var dimension: Int
        /// The number of records of each task, n.
        package var recordCount: Int
        /// The rank of the true models, r.
        package var rank: Int

        /// Creates the sizes.
        package init(taskCount: Int, dimension: Int, recordCount: Int, rank: Int) {
            self.taskCount = taskCount
            self.dimension = dimension
            self.recordCount = recordCount
            self.rank = rank
        }
    }

    /// The tasks, called `1` to `T`; features `x1` to `xd`.
    package let dataset: Dataset
    /// The true models, shape [d, T].
    package let weights: Matrix

    /// Makes a problem; the same arguments give the same problem.
    ///
    /// A task's records depend on the seed and its number only, so that more tasks change none of the first.
    ///
    /// - Throws: `invalidParameter` when a size is below 1, the rank above d or T, or the noise negative;
    ///   `tooLarge` past ``DatasetsLimits``.
    package init(shape: Shape, target: Target, seed: UInt64) throws {
        try Self.check(shape, target)
        let dimension = shape.dimension
        var basisGenerator = TaskSeed.generator(seed: seed, task: "", purpose: "synthetic basis")
        let basis = Matrix(
            rowCount: dimension, columnCount: shape.rank,
            elements: Self.normals(dimension * shape.rank, &basisGenerator))
        let scale = 1 / Double(shape.rank).squareRoot()
        var tasks: [TaskData] = []
        var weights: [Double] = []
        for task in 1...shape.taskCount {
            var generator = TaskSeed.generator(seed: seed, task: String(task), purpose: "synthetic task")
            let coefficients = Self.normals(shape.rank, &generator)
            var model = [Double](repeating: 0, count: dimension)
            for component in 0..<shape.rank {
                for row in 0..<dimension {
                    model[row] += basis[row, component] * coefficients[component] * scale
                }
            }
            let elements = Self.normals(shape.recordCount * dimension, &generator)
            var targets = [Double](repeating: 0, count: shape.recordCount)
            for column in 0..<dimension {
                for record in 0..<shape.recordCount {
                    targets[record] += elements[record + column * shape.recordCount] * model[column]
                }
            }
            for record in 0..<shape.recordCount {
                switch target {
                case .regression(let noiseDeviation):
                    targets[record] += noiseDeviation * generator.normal()
                case .classification:
                    targets[record] = generator.uniform() < 1 / (1 + exp(-targets[record])) ? 1 : 0
                }
            }
            tasks.append(
                TaskData(
                    name: String(task),
                    features: Matrix(
                        rowCount: shape.recordCount, columnCount: dimension, elements: elements),
                    targets: targets))
            weights += model
        }
        dataset = Dataset(tasks: tasks, featureNames: (1...dimension).map { "x\($0)" })
        self.weights = Matrix(rowCount: dimension, columnCount: shape.taskCount, elements: weights)
    }

    private static func normals(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
        (0..<count).map { _ in generator.normal() }
    }

    private static func check(_ shape: Shape, _ target: Target) throws {
        let sizes = [
            ("tasks", shape.taskCount, DatasetsLimits.taskCount),
            ("features", shape.dimension, DatasetsLimits.columnCount),
            ("records", shape.recordCount, DatasetsLimits.valueCount),
            ("rank", shape.rank, min(shape.dimension, shape.taskCount)),
        ]
        for (name, value, bound) in sizes {
            guard value >= 1, value <= bound else {
                throw DatasetsError(
                    .invalidParameter, "synthetic problem: \(name) must be in 1...\(bound), got \(value)")
            }
        }
        if case .regression(let deviation) = target, !(deviation >= 0 && deviation.isFinite) {
            throw DatasetsError(
                .invalidParameter,
                "synthetic problem: the noise deviation must be finite and at least 0, got \(deviation)")
        }
        let (records, overflows) = shape.taskCount.multipliedReportingOverflow(by: shape.recordCount)
        try TaskRecords.checkSize(
            recordCount: overflows ? .max : records, dimension: shape.dimension, file: "synthetic problem")
    }
}
