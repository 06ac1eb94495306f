internal import Datasets
internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// The problems that several experiments solve.
enum PreparedProblems {
    /// School, z-scored with an intercept (`configs/school.yaml`) or as it is, without one; squared loss, nuclear norm,
    /// lambda 100.
    static func school(_ data: DataFolder, isStandardized: Bool = true) throws -> Problem {
        let dataset = try data.school()
        return try Problem(
            isStandardized
                ? dataset.prepared(FeaturePreparation(standardizes: true, addsIntercept: true)) : dataset,
            loss: .squared, regularizer: Regularizer(.nuclear), lambda: 100)
    }

    /// Five pairs of digits of 8 x 8 pixels; logistic loss.
    static func digits(_ data: DataFolder, lambda: Double) throws -> Problem {
        try Problem(data.digits(), loss: .logistic, regularizer: Regularizer(.nuclear), lambda: lambda)
    }

    /// 29 fields; logistic loss, features as they are and an intercept.
    static func landmine(_ data: DataFolder, lambda: Double) throws -> Problem {
        try Problem(
            data.landmine().prepared(FeaturePreparation(addsIntercept: true)), loss: .logistic,
            regularizer: Regularizer(.nuclear), lambda: lambda)
    }

    /// 42 subjects, z-scored with an intercept; squared loss.
    static func parkinsons(_ data: DataFolder, lambda: Double) throws -> Problem {
        try Problem(
            data.parkinsons(target: "motor_UPDRS")
                .prepared(FeaturePreparation(standardizes: true, addsIntercept: true)),
            loss: .squared, regularizer: Regularizer(.nuclear), lambda: lambda)
    }

    /// Four attributes of faces, z-scored with an intercept; logistic loss.
    static func faces(_ data: DataFolder, lambda: Double) throws -> Problem {
        try Problem(
            data.faces().prepared(FeaturePreparation(standardizes: true, addsIntercept: true)),
            loss: .logistic, regularizer: Regularizer(.nuclear), lambda: lambda)
    }

    /// Five pairs of MNIST's digits, test split, 10 x 10 means; logistic loss.
    static func mnist(_ data: DataFolder, lambda: Double) throws -> Problem {
        try Problem(data.mnist(), loss: .logistic, regularizer: Regularizer(.nuclear), lambda: lambda)
    }

    /// Models of rank 3 in standard normal features, noise of deviation 1; squared loss, lambda 10.
    static func synthetic(
        taskCount: Int, recordCount: Int = 100, dimension: Int = 50, lambda: Double = 10, seed: UInt64 = 1
    ) throws -> Problem {
        let problem = try SyntheticProblem(
            shape: SyntheticProblem.Shape(
                taskCount: taskCount, dimension: dimension, recordCount: recordCount, rank: 3),
            target: .regression(noiseDeviation: 1), seed: seed)
        return try Problem(
            problem.dataset, loss: .squared, regularizer: Regularizer(.nuclear), lambda: lambda)
    }

    /// Records of norm 1 whose targets are standard normal and follow from nothing, as in the data that AMTL's authors
    /// ship; squared loss.
    static func noise(
        taskCount: Int, recordCount: Int = 100, dimension: Int = 50, lambda: Double
    ) throws -> Problem {
        let tasks = (1...taskCount).map { task in
            var random = SeededGenerator(seed: UInt64(task))
            var features = Matrix(rowCount: recordCount, columnCount: dimension)
            for record in 0..<recordCount {
                let row = (0..<dimension).map { _ in random.normal() }
                let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
                for column in 0..<dimension { features[record, column] = row[column] / norm }
            }
            return TaskData(
                name: "\(task)", features: features, targets: (0..<recordCount).map { _ in random.normal() })
        }
        return try Problem(
            Dataset(tasks: tasks, featureNames: (1...dimension).map { "x\($0)" }), loss: .squared,
            regularizer: Regularizer(.nuclear), lambda: lambda)
    }

    static let schoolFile = "school/school.csv"
    static let digitsFile = "digits/digits.csv"
    static let landmineFile = "landmine/landmine.csv"
    static let parkinsonsFile = "parkinsons/parkinsons_updrs.csv"
    static let facesFile = "mtfl/mtfl.csv"
    static let mnistFiles = ["mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz"]
}
