/// Where records are, and which of a file's columns mean what.
package struct DataConfiguration: Sendable, Equatable {
    /// One file that holds the records of one task.
    package struct TaskFile: Sendable, Equatable {
        package let task: String
        /// Absolute; the ending names the format (`.csv`, `.npz`, `.npy`).
        package let path: String

        package init(task: String, path: String) {
            self.task = task
            self.path = path
        }
    }

    /// How records are spread over files.
    package enum Layout: Sendable, Equatable {
        /// One file of all tasks; a column (in `.npz`, an array) names each record's task.
        case table(path: String, taskColumn: String)
        /// One file a task, sorted by task name.
        case files([TaskFile])
    }

    package let layout: Layout
    /// The column (in `.npz`, the array) of the targets.
    package let targetColumn: String
    /// The feature columns in the order of the model's rows; nil for all others in file order.
    package let featureColumns: [String]?
    /// Where the data can be had publicly; named when a file is absent.
    package let source: String?
    /// The part of each task's records that trains, in (0, 1]; the others are scored.
    package let trainFraction: Double
    /// The part of those records that is scored instead, in [0, 1): to choose by, without a look at the others.
    package let validationFraction: Double
    /// The seed of the split.
    package let splitSeed: UInt64
    /// The column that says whose record each one is; nil where no study needs it.
    package let personColumn: String?

    package init(
        layout: Layout, targetColumn: String = "y", featureColumns: [String]? = nil, source: String? = nil,
        trainFraction: Double = 1, validationFraction: Double = 0, splitSeed: UInt64 = 0,
        personColumn: String? = nil
    ) {
        self.layout = layout
        self.targetColumn = targetColumn
        self.featureColumns = featureColumns
        self.source = source
        self.trainFraction = trainFraction
        self.validationFraction = validationFraction
        self.splitSeed = splitSeed
        self.personColumn = personColumn
    }

    /// The same data, of these tasks alone where each has a file.
    package func restricted(to tasks: [String]) -> DataConfiguration {
        guard case .files(let files) = layout else { return self }
        return DataConfiguration(
            layout: .files(files.filter { tasks.contains($0.task) }), targetColumn: targetColumn,
            featureColumns: featureColumns, source: source, trainFraction: trainFraction,
            validationFraction: validationFraction, splitSeed: splitSeed, personColumn: personColumn)
    }

    /// Every file, in order.
    package var paths: [String] {
        switch layout {
        case .table(let path, _): [path]
        case .files(let files): files.map(\.path)
        }
    }

    /// Checks that every file is there and can be read.
    ///
    /// - Throws: ``ConfigurationError/Code/absentData`` naming the first that is not, and the public source.
    package func requirePresent() throws(ConfigurationError) {
        guard let absent = paths.first(where: { !LocalFile.isReadable($0) }) else { return }
        var message = "\(absent): the data file is not there or cannot be read"
        if absent.hasPrefix(PathResolver.dataVariable) {
            message +=
                "; ATOLL_DATA is not set, and no folder shared/data lies beside the study's folder or one above"
        }
        message += "; "
        message +=
            source.map { "it can be had from \($0)" } ?? "the configuration names no public source for it"
        message += "; put it there, set ATOLL_DATA, or change the path with --set data.path=…"
        throw ConfigurationError(.absentData, message)
    }
}
