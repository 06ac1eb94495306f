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
    /// Every record is examined first, those to be scored as those to train on.
    ///
    /// - Throws: `ConfigurationError` for a split that a private study cannot have; ``DatasetsError`` naming file, line,
    ///   column and value: `invalidLabel` where targets do not suit the loss, `tooLarge` for values and z-scores beyond
    ///   ``DatasetsLimits/magnitude``.
    package static func prepare(
        _ dataset: Dataset, study: StudyConfiguration, split: DataConfiguration
    ) throws -> [StudyTask] {
        try study.requirePrivateSplit(of: split)
        try requireModerate(dataset, targetColumn: split.targetColumn)
        let divided = try DatasetSplit(
            signingLabels(of: dataset, study: study, targetColumn: split.targetColumn),
            trainFraction: split.trainFraction, validationFraction: split.validationFraction,
            seed: split.splitSeed)
        let parts = try divided.prepared(
            FeaturePreparation(
                standardizes: study.features == .zscore, addsIntercept: study.intercept != .none))
        try requireModerateScores(parts.test, of: divided.test)
        return try zip(parts.train.tasks, parts.test.tasks).map { train, test in
            let loss = study.loss(of: train.name)
            return StudyTask(
                name: TaskName(train.name),
                objective: try TaskObjective(
                    features: train.features, targets: train.targets, loss: loss, scale: study.lossScale,
                    weight: study.weight(of: train.name)),
                heldOut: test.recordCount == 0
                    ? nil
                    : try TaskObjective(
                        features: test.features, targets: test.targets, loss: loss, scale: .mean),
                persons: train.persons)
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

    /// Returns the data set with labels as -1 and +1, whose parts then cannot be read in two ways.
    private static func signingLabels(
        of dataset: Dataset, study: StudyConfiguration, targetColumn: String
    ) throws -> Dataset {
        let tasks = try dataset.tasks.map { task in
            guard study.loss(of: task.name) == .logistic else { return task }
            let convention = LabelConvention(of: task.targets)
            return task.replacing(
                targets: try task.targets.enumerated().map { record, target in
                    if let sign = convention.sign(of: target) { return sign }
                    throw DatasetsError(
                        .invalidLabel,
                        "\(task.place(ofRecord: record, column: targetColumn)): \(target) is no label; the logistic "
                            + "loss takes \(convention.acceptedLabels)")
                })
        }
        return Dataset(tasks: tasks, featureNames: dataset.featureNames)
    }

    /// Refuses values whose squares and products would overflow, before they are made.
    private static func requireModerate(_ dataset: Dataset, targetColumn: String) throws {
        for task in dataset.tasks {
            for (index, name) in dataset.featureNames.enumerated() {
                try requireModerate(task.features.column(index), of: name, in: task)
            }
            try requireModerate(task.targets, of: targetColumn, in: task)
        }
    }

    private static func requireModerate(_ values: [Double], of column: String, in task: TaskData) throws {
        guard let record = values.firstIndex(where: { !($0.magnitude <= DatasetsLimits.magnitude) }) else {
            return
        }
        throw DatasetsError(
            .tooLarge,
            "\(task.place(ofRecord: record, column: column)): \(values[record]) is beyond "
                + "\(DatasetsLimits.magnitude), where squares and products overflow; divide the column by a constant, "
                + "or remove the record")
    }

    /// Refuses held-out records so far from training records that hardly differ that squares of z-scores would overflow.
    private static func requireModerateScores(_ prepared: Dataset, of dataset: Dataset) throws {
        for (task, source) in zip(prepared.tasks, dataset.tasks) {
            guard
                let index = task.features.elements.firstIndex(
                    where: { !($0.magnitude <= DatasetsLimits.magnitude) })
            else { continue }
            let (column, record) = index.quotientAndRemainder(dividingBy: task.recordCount)
            throw DatasetsError(
                .tooLarge,
                "\(source.place(ofRecord: record, column: dataset.featureNames[column])): the z-score of "
                    + "\(source.features[record, column]) is beyond \(DatasetsLimits.magnitude), for the task's training "
                    + "records hardly differ there; leave the column out, or remove the record")
        }
    }
}
