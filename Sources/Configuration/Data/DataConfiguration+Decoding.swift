extension DataConfiguration {
    /// The keys of `data`.
    package static let keys: [ConfigurationKey] = [
        .init(
            "path", "path", default: "or `files`",
            "one file of records: `.csv`; `.npz` (arrays: features `X`, target and task by their columns' names); `.npy` (columns `c1`, `c2`, …)"
        ),
        .init("files", "task: path", default: "or `path`", "one file a task"),
        .init(
            "task_column", "text", default: "required with `path`, unless `task`",
            "the column that names each record's task"),
        .init("task", "name", default: "none", "the one task of `path`, where no column names it"),
        .init("target_column", "text", default: "`y`", "the column of the targets"),
        .init("feature_columns", "list of text", default: "all others", "the features, in the model's order"),
        .init("source", "text", default: "none", "where the data can be had; named when a file is absent"),
        .init("train_fraction", "(0, 1]", default: "1", "the part of each task's records that trains"),
        .init(
            "validation_fraction", "[0, 1)", default: "0",
            "above 0, the part of those records that is scored in place of the others, which rest: to choose a "
                + "setting by; `atoll sweep` sets it"),
        .init(
            "person_column", "text", default: "none",
            "the column that says whose record each one is, for studies that hide persons; never a feature"),
        .init("split_seed", "whole number", default: "0", "seed of the split into training and scoring"),
    ]

    init(_ reader: SettingReader, _ paths: PathResolver) throws(ConfigurationError) {
        layout = try Self.layout(reader, paths)
        targetColumn = try reader.text("target_column") ?? "y"
        featureColumns = try reader.texts("feature_columns", example: "[x1, x2]")
        source = try reader.text("source")
        trainFraction =
            try reader.number("train_fraction", .positiveUpToOne, fix: "write 1 to train on every record")
            ?? 1
        validationFraction =
            try reader.number(
                "validation_fraction", .unitIntervalBelowOne, fix: "write for example 0.2, or 0 for none")
            ?? 0
        splitSeed = UInt64(
            try reader.count("split_seed", 0...ConfigurationLimits.countValue, fix: "write for example 0")
                ?? 0)
        personColumn = try reader.text("person_column")
        try checkColumns(reader)
    }

    private func checkColumns(_ reader: SettingReader) throws(ConfigurationError) {
        var taskColumn: String?
        if case .table(_, let column) = layout { taskColumn = column }
        guard taskColumn != targetColumn else {
            throw reader.refusal(
                .impossibleCombination, "task_column", allowed: "another column than target_column",
                fix: "name the column of the tasks")
        }
        for column in [taskColumn, targetColumn].compactMap({ $0 })
        where featureColumns?.contains(column) == true {
            throw reader.refusal(
                .impossibleCombination, "feature_columns", allowed: "columns other than task and target",
                fix: "remove \(SettingNode.quote(column)) from the list")
        }
    }

    private static func layout(
        _ reader: SettingReader, _ paths: PathResolver
    ) throws(ConfigurationError) -> Layout {
        if let files = try reader.mapping("files", keys: nil) {
            for other in ["path", "task_column", "task"] where reader.has(other) {
                throw reader.refusal(
                    .impossibleCombination, other, allowed: "either `path` or `files`",
                    fix: "remove `\(other)`: `files` names each file's task")
            }
            return .files(try taskFiles(files, paths))
        }
        let path = try reader.required(
            "path", try reader.path("path", paths), example: "${ATOLL_DATA}/school/school.csv")
        let task = try reader.text("task")
        let taskColumn = try reader.text("task_column")
        switch (taskColumn, task) {
        case (let column?, nil): return .table(path: path, taskColumn: column)
        case (nil, let task?):
            try require(task, reader, key: "task")
            return .files([TaskFile(task: task, path: path)])
        case (nil, nil):
            throw reader.refusal(
                .missingKey, "task_column", allowed: "the name of a column",
                fix: "name the column of the tasks, or with `task` the one task of the file")
        case (_?, _?):
            throw reader.refusal(
                .impossibleCombination, "task", allowed: "either `task_column` or `task`",
                fix: "remove one of them")
        }
    }

    private static func taskFiles(
        _ reader: SettingReader, _ paths: PathResolver
    ) throws(ConfigurationError) -> [TaskFile] {
        var files: [TaskFile] = []
        for task in reader.keys {
            try require(task, reader, key: task)
            if let path = try reader.path(task, paths) { files.append(TaskFile(task: task, path: path)) }
        }
        guard !files.isEmpty, files.count <= ConfigurationLimits.taskCount else {
            throw ConfigurationError(
                .outOfRange,
                "\(reader.origin): data.files: got \(files.count) files; allowed: 1 to "
                    + "\(ConfigurationLimits.taskCount); write one `task: path` a line")
        }
        return files
    }

    private static func require(
        _ task: String, _ reader: SettingReader, key: String
    ) throws(ConfigurationError) {
        guard NameRule.task.allows(task) else {
            throw reader.refusal(
                .outOfRange, key, allowed: "a task name of \(NameRule.task.description)", fix: "shorten it")
        }
    }

    /// The lines of `data` in a configuration file.
    var yamlLines: [String] {
        var lines = ["data:"]
        switch layout {
        case .table(let path, let taskColumn):
            lines.append("  path: \(YAMLText.quoted(path))")
            lines.append("  task_column: \(YAMLText.quoted(taskColumn))")
        case .files(let files):
            lines.append("  files:")
            lines += files.map { "    \(YAMLText.quoted($0.task)): \(YAMLText.quoted($0.path))" }
        }
        lines.append("  target_column: \(YAMLText.quoted(targetColumn))")
        if let featureColumns { lines.append("  feature_columns: \(YAMLText.list(featureColumns))") }
        if let source { lines.append("  source: \(YAMLText.quoted(source))") }
        lines.append("  train_fraction: \(trainFraction)")
        lines.append("  validation_fraction: \(validationFraction)")
        lines.append("  split_seed: \(splitSeed)")
        if let personColumn { lines.append("  person_column: \(YAMLText.quoted(personColumn))") }
        return lines
    }
}
