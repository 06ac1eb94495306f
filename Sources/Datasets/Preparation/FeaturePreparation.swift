internal import LinearAlgebra

/// What is done to a task's features before training.
package struct FeaturePreparation: Sendable, Equatable {
    /// Whether each feature is z-scored within its task.
    package var standardizes: Bool
    /// Whether a last column of ones is added, called ``interceptName``.
    package var addsIntercept: Bool

    /// The name of the column of ones.
    package static let interceptName = "intercept"

    /// Creates a preparation; the default leaves features as they are.
    package init(standardizes: Bool = false, addsIntercept: Bool = false) {
        self.standardizes = standardizes
        self.addsIntercept = addsIntercept
    }

    /// Returns the names of the prepared features.
    ///
    /// - Throws: `duplicateColumn` when a feature is already called as the intercept.
    package func featureNames(_ names: [String]) throws -> [String] {
        guard addsIntercept else { return names }
        guard !names.contains(Self.interceptName) else {
            throw DatasetsError(
                .duplicateColumn,
                "a feature is already called \"\(Self.interceptName)\"; add no second intercept")
        }
        return names + [Self.interceptName]
    }

    /// Returns a task's prepared records.
    ///
    /// - Parameter statistics: Where z-scores take mean and deviation from: the training part of the task.
    package func prepared(_ task: TaskData, statistics: TaskData) -> TaskData {
        var features = task.features
        if standardizes { features = Standardization(of: statistics.features).applied(to: features) }
        if addsIntercept {
            features = Matrix(
                rowCount: features.rowCount, columnCount: features.columnCount + 1,
                elements: features.elements + [Double](repeating: 1, count: features.rowCount))
        }
        return TaskData(
            name: task.name, features: features, targets: task.targets, persons: task.persons,
            places: task.places)
    }
}

extension Dataset {
    /// Returns the data set with each task's features prepared by its own statistics.
    package func prepared(_ preparation: FeaturePreparation) throws -> Dataset {
        Dataset(
            tasks: tasks.map { preparation.prepared($0, statistics: $0) },
            featureNames: try preparation.featureNames(featureNames))
    }
}
