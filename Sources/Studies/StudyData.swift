package import Configuration
package import Datasets
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning

/// Reads records and prepares them as a study says.
package enum StudyData {
    /// Returns the data set that a configuration names, unprepared.
    ///
    /// - Parameters:
    ///   - tasks: The tasks to load, all of which are returned; nil loads all.
    ///   - featureColumns: The study's features in the model's order, where it names them; the data's own names for
    ///     them come first.
    /// - Throws: ``ConfigurationError`` where a file is absent, ``DatasetsError`` naming file, line, column and value,
    ///   `unknownTask` for a wanted task without records or without a file.
    package static func load(
        _ data: DataConfiguration, tasks: [String]? = nil, featureColumns: [String]? = nil
    ) throws -> Dataset {
        try data.requirePresent()
        let featureColumns = data.featureColumns ?? featureColumns
        switch data.layout {
        case .table(let path, let taskColumn):
            return try Dataset.load(
                path: path,
                options: DatasetOptions(
                    taskColumn: taskColumn, targetColumn: data.targetColumn,
                    featureColumns: featureColumns,
                    tasks: tasks, personColumn: data.personColumn))
        case .files(let files):
            if let absent = tasks?.first(where: { task in !files.contains { $0.task == task } }) {
                throw DatasetsError(
                    .unknownTask,
                    "no file of task '\(absent)' is given; data.files has files of "
                        + files.map { "'\($0.task)'" }.joined(separator: ", ")
                        + "; add `\(absent): PATH` there")
            }
            let wanted = files.filter { tasks?.contains($0.task) ?? true }
            let parts = try wanted.map { file in
                try Dataset.load(
                    path: file.path,
                    options: DatasetOptions(
                        targetColumn: data.targetColumn, featureColumns: featureColumns,
                        defaultTaskName: file.task, personColumn: data.personColumn))
            }
            guard let first = parts.first else {
                throw DatasetsError(.invalidParameter, "the list of tasks to load is empty; name one")
            }
            for (part, file) in zip(parts, wanted) where part.featureNames != first.featureNames {
                throw DatasetsError(
                    .invalidParameter,
                    "\(file.path): its feature columns are not those of \(wanted[0].path); "
                        + "every task of a study has the same features")
            }
            return Dataset(tasks: parts.flatMap(\.tasks), featureNames: first.featureNames)
        }
    }

    /// Returns the number of model rows that data of these features give, the intercept included.
    package static func dimension(featureCount: Int, study: StudyConfiguration) -> Int {
        featureCount + (study.intercept == .none ? 0 : 1)
    }

    /// Returns the tasks of `dataset`, split and prepared: z-scores by each task's training records alone.
    ///
    /// - Throws: `ConfigurationError` for a split that a private study cannot have; ``MultiTaskLearningError`` where
    ///   targets do not suit the loss; ``DatasetsError`` `tooLarge` for
    ///   values beyond ``DatasetsLimits/magnitude``.
    package static func prepare(
        _ dataset: Dataset, study: StudyConfiguration, split: DataConfiguration
    ) throws -> [StudyTask] {
        try study.requirePrivateSplit(of: split)
        try requireModerate(dataset, targetColumn: split.targetColumn)
        let parts = try DatasetSplit(
            dataset, trainFraction: split.trainFraction, validationFraction: split.validationFraction,
            seed: split.splitSeed
        ).prepared(
            FeaturePreparation(
                standardizes: study.features == .zscore, addsIntercept: study.intercept != .none))
        return try zip(parts.train.tasks, parts.test.tasks).map { train, test in
            let objective: TaskObjective
            do {
                objective = try TaskObjective(
                    features: train.features, targets: train.targets, loss: study.loss(of: train.name),
                    scale: study.lossScale, weight: study.weight(of: train.name))
            } catch let error as MultiTaskLearningError {
                throw MultiTaskLearningError(
                    code: error.code, message: "task '\(train.name)': \(error.message)")
            }
            return StudyTask(
                name: TaskName(train.name), objective: objective, test: test, persons: train.persons)
        }
    }

    /// Refuses an eta that is too large for a task's data: backward-forward needs eta in (0, 2/L).
    ///
    /// - Parameter eta: nil for a splitting that takes no forward step: nothing is refused.
    /// - SeeAlso: Baytas et al. 2016, section III-C.
    package static func requireConvergentStep(_ tasks: [StudyTask], eta: Double?) throws {
        guard let eta else { return }
        for task in tasks {
            let constant = try task.objective.lipschitzConstant()
            guard eta * constant < 2 else {
                throw MultiTaskLearningError(
                    code: .invalidParameter,
                    message: "task '\(task.name)': eta is \(eta), and this task's data need it below 2/L = "
                        + "\(2 / constant); agree on a smaller eta, or scale the features (features: zscore)")
            }
        }
    }

    /// Refuses values whose squares and products would overflow, before they are made.
    private static func requireModerate(_ dataset: Dataset, targetColumn: String) throws {
        for task in dataset.tasks {
            for (index, name) in dataset.featureNames.enumerated() {
                try requireModerate(task.features.column(index), of: name, task: task.name)
            }
            try requireModerate(task.targets, of: targetColumn, task: task.name)
        }
    }

    private static func requireModerate(_ values: [Double], of column: String, task: String) throws {
        guard let value = values.first(where: { $0.magnitude > DatasetsLimits.magnitude }) else { return }
        throw DatasetsError(
            .tooLarge,
            "task '\(task)', column '\(column)': \(value) is beyond \(DatasetsLimits.magnitude), where squares and "
                + "products overflow; divide the column by a constant, or remove the record")
    }
}
