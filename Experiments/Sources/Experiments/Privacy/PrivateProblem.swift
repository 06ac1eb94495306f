package import Datasets
internal import LinearAlgebra
package import MultiTaskLearning

/// Tasks that are trained with noise: their records scaled by constants that are public, never by their own statistics.
package struct PrivateProblem: Sendable {
    package let dataset: Dataset
    package let loss: LossKind
    package let score: HeldOutScore
    /// What the score is multiplied by for the document: a unit of the targets.
    package let unit: Double
    /// How the tasks are coupled.
    package let coupling: RegularizerKind
    /// Whether the last feature is 1 in every record.
    package let hasIntercept: Bool
    /// The forward step.
    package let eta: Double
    /// The settings that are tried.
    package let grid: PrivacyGrid

    package init(
        dataset: Dataset, loss: LossKind, score: HeldOutScore, unit: Double = 1, coupling: RegularizerKind,
        hasIntercept: Bool, eta: Double, grid: PrivacyGrid
    ) {
        self.dataset = dataset
        self.loss = loss
        self.score = score
        self.unit = unit
        self.coupling = coupling
        self.hasIntercept = hasIntercept
        self.eta = eta
        self.grid = grid
    }

    /// Returns what a model's columns share; a ridge where nothing does, without the intercept.
    ///
    /// - Throws: As the regularizer does.
    package func regularizer(isCoupled: Bool) throws -> Regularizer {
        isCoupled
            ? try Regularizer(coupling)
            : try Regularizer(.ridge, unpenalizedRows: hasIntercept ? [dataset.dimension - 1] : [])
    }

    /// Digits: 64 pixels from 0 to 16, divided by 16.
    ///
    /// - Throws: As the loading of the file does.
    static func digits(_ data: DataFolder) throws -> PrivateProblem {
        PrivateProblem(
            dataset: try data.digits(), loss: .logistic, score: .accuracy, coupling: .l21,
            hasIntercept: false, eta: 0.25,
            grid: PrivacyGrid(
                clippingNorms: [0.6, 1.25], releaseCounts: [40, 80], coupledLambdas: [0.01],
                aloneLambdas: [0.01]))
    }

    /// School: percentages divided by 100, marks minus 35 and divided by 35; all else is 0 or 1.
    ///
    /// - Throws: As the loading of the file does.
    static func school(_ data: DataFolder) throws -> PrivateProblem {
        let dataset = try data.school()
        let tasks = dataset.tasks.map { task in
            TaskData(
                name: task.name, features: scaled(task.features, columns: 3...4, by: 1 / 100),
                targets: task.targets.map { ($0 - Self.schoolUnit) / Self.schoolUnit })
        }
        return PrivateProblem(
            dataset: Dataset(tasks: tasks, featureNames: dataset.featureNames), loss: .squared,
            score: .rootMeanSquaredError, unit: schoolUnit, coupling: .mean, hasIntercept: true, eta: 0.2,
            grid: PrivacyGrid(
                clippingNorms: [0.5, 1], releaseCounts: [20, 40], coupledLambdas: [30],
                aloneLambdas: [1]))
    }

    /// Landmine: features as they are published, and an intercept.
    ///
    /// - Throws: As the loading of the file does.
    static func landmine(_ data: DataFolder) throws -> PrivateProblem {
        PrivateProblem(
            dataset: try data.landmine().prepared(FeaturePreparation(addsIntercept: true)), loss: .logistic,
            score: .area, coupling: .mean, hasIntercept: true, eta: 0.5,
            grid: PrivacyGrid(
                clippingNorms: [1, 2], releaseCounts: [30, 80], coupledLambdas: [0.1, 10],
                aloneLambdas: [0.1]))
    }

    private static func scaled(_ features: Matrix, columns: ClosedRange<Int>, by factor: Double) -> Matrix {
        var result = features
        for column in columns {
            result.setColumn(column, to: features.column(column).map { $0 * factor })
        }
        return result
    }

    /// The middle of the marks, and half their range.
    private static let schoolUnit = 35.0
}
