internal import MultiTaskLearning
internal import ReleaseEncoding

extension StudyConfiguration {
    /// Every top-level key of a study, with its default.
    package static let keys: [ConfigurationKey] =
        problemKeys + parameterKeys + TaskRelations.keys + methodKeys + protocolKeys

    static let problemKeys: [ConfigurationKey] = [
        .init("name", "name", default: "required", "the study; names the folder of its results"),
        .init("data", "mapping", default: "none", "the records; left out of a deployed study"),
        .init("tasks", "list", default: "filled in by `atoll run`", "the tasks and their sites"),
        .init(
            "dimension", "whole number", default: "required with `tasks`",
            "rows of the model, the intercept included"),
        .init(
            "feature_columns", "list of text", default: "filled in by `atoll run`",
            "the features in the model's order, the same at every site"),
        .init("features", words(FeatureScaling.self), default: word(Defaults.features), "scaling, per task"),
        .init(
            "intercept", words(InterceptTreatment.self), default: "`penalized` with zscore, `none` with raw",
            "whether a constant feature 1 is appended as the model's last row"),
        .init(
            "loss", "\(words(LossKind.self)), or `{default: …, task: …}`", default: "required",
            "half the squared error, or the logistic loss"),
        .init(
            "loss_scale", words(LossScale.self), default: word(Defaults.lossScale),
            "over a task's records"),
        .init("task_weights", "task: number > 0", default: "1 each", "what a task's loss is multiplied by"),
        .init(
            "optimum", "number", default: "none",
            "a known optimal objective, to report suboptimality; left out where `--set` changes the problem and not this"
        ),
        .init("lambda", "number >= 0", default: "required", "weight of the regularizer"),
        .init(
            "regularizer", words(RegularizerKind.self), default: "required",
            "couples the tasks; docs/regularizers.md has the formulas"),
    ]

    private static let methodKeys: [ConfigurationKey] = [
        .init(
            "splitting", words(SplittingKind.self), default: word(Defaults.splitting),
            "how sites and aggregator share the work"),
        .init(
            "mode", words(StudyMode.self), default: word(Defaults.mode), "whether a barrier ends each round"),
        .init(
            "eta", "number > 0, or auto", default: "required with `backward-forward`",
            "forward step; below 2 / L, L the largest of the tasks'; auto: 1.9 / L, for which sites report their L"
        ),
        .init(
            "gamma", "number > 0", default: "chosen while running",
            "scale of the proximal steps; only with `douglas-rachford`"),
        .init(
            "inertia", "[0, 1)", default: "\(Defaults.inertia)",
            "part of the last step in the next; only with `douglas-rachford`"),
        .init(
            "relaxation", "(0, 1], or (0, 2) with `douglas-rachford`",
            default:
                "\(Defaults.relaxation(.backwardForward)), \(Defaults.relaxation(.douglasRachford)) with "
                + "`douglas-rachford`", "Krasnosel'skii-Mann factor of a step"),
        .init(
            "relaxation_policy", words(RelaxationPolicy.self), default: word(Defaults.relaxationPolicy),
            "what changes the factor while running"),
        .init(
            "relaxation_horizon", "number > 0", default: "\(DecreasingRelaxation.standard.horizon)",
            "updates of a task in the factor relaxation / (1 + updates / horizon)^power; only with `decreasing`"
        ),
        .init(
            "relaxation_power", "(0.5, 1]", default: "\(DecreasingRelaxation.standard.power)",
            "its power; only with `decreasing`"),
        .init(
            "batch_size", "whole number >= 1", default: "all of a task's",
            "records that a forward step draws; only with `backward-forward`"),
        .init(
            "maximum_delay", "whole number >= 0", default: "2 x sites, for the report",
            "staleness that ARock's bound is reported for"),
        .init("stop", "mapping", default: "required", "when the study is finished"),
    ]

    private static let protocolKeys: [ConfigurationKey] = [
        .init(
            "encoding", words(VectorEncoding.self), default: word(Defaults.encoding), "of updates and columns"
        ),
        .init(
            "norm_bound", "number > 0", default: "\(Defaults.normBound)",
            "largest Euclidean norm of an update, at most 1e100"),
        .init(
            "prox_tolerance", "[0, 1)", default: "\(Defaults.proxTolerance)",
            "largest error of the proximal operator, relative to the Frobenius norm of the columns that it is of; at "
                + "most a tenth of `stop.residual` holds; of effect with "
                + "`nuclear`, `learned-covariance`, `cmtl` and `jacob`"),
        .init(
            "maximum_factor_age", "whole number >= 0, at most half the tasks",
            default: "an eighth of the tasks, at most \(FactorPolicy.largestDefaultAge)",
            "updates that may be applied since what the aggregator knows of the proximal operator was computed, before "
                + "it computes it again; of effect in mode `asynchronous` with `nuclear`, from 100 rows and 100 tasks on, and with "
                + "`learned-covariance`, `cmtl` and `jacob`, from 20 of each on"
        ),
        .init(
            "barrier_timeout", "duration", default: "`\(DurationText.text(Defaults.barrierTimeout))`",
            "longest wait for a round's tasks in mode `synchronous`, and for their L with `eta: auto`"),
        .init(
            "barrier_absent", words(BarrierAbsence.self), default: word(Defaults.barrierAbsence),
            "what happens then; only in mode `synchronous`"),
        .init(
            "report", "list of: \(words(ReportedValue.self))", default: "`[]`",
            "what sites tell of their data"),
        .init("privacy", "mapping", default: "none: updates are not private", "noise on every update"),
    ]

    private static func words<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> String {
        Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func word<Choice: RawRepresentable<String>>(_ choice: Choice) -> String {
        "`\(choice.rawValue)`"
    }
}
