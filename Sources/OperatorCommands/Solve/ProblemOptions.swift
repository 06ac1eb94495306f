package import ArgumentParser
package import Configuration
internal import FoundationEssentials
package import MultiTaskLearning
internal import Reporting

extension FeatureScaling: ExpressibleByArgument {}
extension InterceptTreatment: ExpressibleByArgument {}
extension LossKind: ExpressibleByArgument {}
extension LossScale: ExpressibleByArgument {}
extension RegularizerKind: ExpressibleByArgument {}

/// A learning problem told by options instead of a study file.
package struct ProblemOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The records: a .csv file with a header, an .npz file (features X), or an .npy file (columns c1, c2, ...).",
            valueName: "file"))
    package var data: String?

    @Option(help: ArgumentHelp("The column that names each record's task; without it, there is one task."))
    package var taskColumn: String?

    @Option(help: ArgumentHelp("The column of the targets (default: y)."))
    package var targetColumn: String?

    @Option(help: ArgumentHelp("The features, separated by commas (default: all other columns)."))
    package var featureColumns: String?

    @Option(help: "Scaling of features, task by task (default: raw).")
    package var features: FeatureScaling?

    @Option(
        help: "The constant feature, the model's last row (default: penalized with zscore, none with raw).")
    package var intercept: InterceptTreatment?

    @Option(help: "Half the squared error, or the logistic loss.")
    package var loss: LossKind?

    @Option(help: "Whether a task's loss is the sum or the mean over its records (default: sum).")
    package var lossScale: LossScale?

    @Option(help: "What couples the tasks.")
    package var regularizer: RegularizerKind?

    @Option(help: ArgumentHelp("The part of l1 in the elastic net, from 0 to 1 (default: 0.5)."))
    package var l1Ratio: Double?

    @Option(help: ArgumentHelp("Weight of the regularizer, at least 0."))
    package var lambda: Double?

    package init() {}

    /// Checks the options with one another; for a command to call once it knows that they do not stand beside a
    /// study.
    ///
    /// - Throws: `ValidationError`.
    package func requireComplete() throws {
        guard data != nil else {
            if let option = givenOptions.first {
                throw ValidationError(
                    "\(option) goes with --data; a study's settings are changed by --set key=value")
            }
            return
        }
        for (option, isGiven) in [
            ("--loss", loss != nil), ("--regularizer", regularizer != nil), ("--lambda", lambda != nil),
        ] where !isGiven {
            throw ValidationError("\(option) is missing; --data needs --loss, --regularizer and --lambda")
        }
        for (option, value) in [("--lambda", lambda), ("--l1-ratio", l1Ratio)] {
            guard let value else { continue }
            guard value.isFinite, value >= 0 else {
                throw ValidationError("\(option) must be a finite number of at least 0, got \(value)")
            }
        }
    }

    /// The options that were given beside `--data`, in the order of the help.
    private var givenOptions: [String] {
        [
            ("--task-column", taskColumn != nil), ("--target-column", targetColumn != nil),
            ("--feature-columns", featureColumns != nil), ("--features", features != nil),
            ("--intercept", intercept != nil), ("--loss", loss != nil), ("--loss-scale", lossScale != nil),
            ("--regularizer", regularizer != nil), ("--l1-ratio", l1Ratio != nil),
            ("--lambda", lambda != nil),
        ].filter(\.1).map(\.0)
    }

    /// Returns the problem as a study, so that data are read and prepared as everywhere else.
    ///
    /// - Parameter overrides: `key=value` settings that have no option, applied last.
    /// - Throws: `ConfigurationError` for settings that make no sense together; ``CommandError``
    ///   `unusableInput` for a data file that is not there.
    package func study(overrides: [String] = []) throws -> StudyConfiguration {
        guard let data, FileManager.default.isReadableFile(atPath: data) else {
            throw CommandError(
                .unusableInput, "--data \(data ?? ""): the file is not there or cannot be read")
        }
        var records = JSONObject()
        records["path"] = JSONValue(data)
        if let taskColumn {
            records["task_column"] = JSONValue(taskColumn)
        } else {
            records["task"] = "all"
        }
        records["target_column"] = targetColumn.map { JSONValue($0) }
        records["feature_columns"] = featureColumns.map { text in
            JSONValue(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
        var study = JSONObject()
        study["name"] = "solve"
        study["data"] = .object(records)
        study["lambda"] = lambda.map { JSONValue($0) }
        study["l1_ratio"] = l1Ratio.map { JSONValue($0) }
        // A study has a method too; solving it in one place uses none of it.
        study["eta"] = 1
        study["stop"] = ["updates": 1]
        // Words of a fixed list are written unquoted, and JSON is YAML: text in quotation marks, words as
        // overrides.
        let words: [(key: String, word: String?)] = [
            ("features", features?.rawValue), ("intercept", intercept?.rawValue), ("loss", loss?.rawValue),
            ("loss_scale", lossScale?.rawValue), ("regularizer", regularizer?.rawValue),
        ]
        return try StudyConfiguration.parse(
            JSONValue.object(study).text, path: "command line",
            overrides: words.compactMap { key, word in word.map { "\(key)=\($0)" } } + overrides)
    }
}
