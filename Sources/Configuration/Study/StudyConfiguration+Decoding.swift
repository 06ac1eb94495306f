internal import MultiTaskLearning
internal import ReleaseEncoding

extension StudyConfiguration {
    /// Decodes a whole study.
    ///
    /// - Parameters:
    ///   - root: Every setting, overrides included.
    ///   - paths: What its paths are relative to.
    init(_ root: SettingNode, _ paths: PathResolver) throws(ConfigurationError) {
        let reader = try SettingReader(root, keys: Self.keys)
        name = try reader.required("name", try reader.text("name"), example: "school")
        data =
            if let data = try reader.mapping("data", keys: DataConfiguration.keys) {
                try DataConfiguration(data, paths)
            } else { nil }
        tasks = try Self.tasks(reader)
        dimension = try reader.count(
            "dimension", 1...ConfigurationLimits.dimension,
            fix: "write the number of features, intercept included")
        featureColumns = try reader.texts("feature_columns", example: "[x1, x2]")
        let features = try reader.choice("features", of: FeatureScaling.self) ?? Defaults.features
        self.features = features
        intercept =
            try reader.choice("intercept", of: InterceptTreatment.self) ?? Defaults.intercept(features)
        losses = try reader.required("loss", try LossAssignment(reader, key: "loss"), example: "squared")
        lossScale = try reader.choice("loss_scale", of: LossScale.self) ?? Defaults.lossScale
        taskWeights = try Self.taskWeights(reader)
        let regularizer = try reader.required(
            "regularizer", try reader.choice("regularizer", of: RegularizerKind.self), example: "nuclear")
        self.regularizer = regularizer
        regularizerParameters = try Self.parameters(of: regularizer, reader)
        splitParts = try Self.splitParts(of: regularizer, reader)
        relations = try Self.relations(of: regularizer, reader, paths)
        lambda = try reader.required(
            "lambda", try reader.number("lambda", .nonNegative, fix: "write for example 100"), example: "100")
        let splitting = try reader.choice("splitting", of: SplittingKind.self) ?? Defaults.splitting
        self.splitting = splitting
        mode = try reader.choice("mode", of: StudyMode.self) ?? Defaults.mode
        choosesEta = splitting == .backwardForward && reader.isWord("eta", Self.chosenEta)
        eta = try Self.eta(reader, splitting)
        gamma = try Self.onlyDouglasRachford(
            reader, "gamma", splitting,
            try reader.number("gamma", .positive, fix: "write for example 0.1, or remove the key"))
        inertia = try Self.onlyDouglasRachford(
            reader, "inertia", splitting,
            try reader.number("inertia", .unitIntervalBelowOne, fix: "write for example 0.2"),
            default: Defaults.inertia)
        relaxation = try Self.relaxation(reader, splitting)
        relaxationPolicy =
            try reader.choice("relaxation_policy", of: RelaxationPolicy.self) ?? Defaults.relaxationPolicy
        relaxationSchedule = try Self.schedule(reader, relaxationPolicy)
        batchSize = try Self.batchSize(reader, splitting)
        maximumDelay = try reader.count(
            "maximum_delay", 0...ConfigurationLimits.countValue, fix: "write a number of updates")
        encoding = try reader.choice("encoding", of: VectorEncoding.self) ?? Defaults.encoding
        normBound =
            try reader.number("norm_bound", .positive, fix: "write for example 1e6") ?? Defaults.normBound
        proxTolerance =
            try reader.number("prox_tolerance", .unitIntervalBelowOne, fix: "write for example 1e-6")
            ?? Defaults.proxTolerance
        maximumFactorAge = try reader.count(
            "maximum_factor_age", 0...FactorPolicy.largestAge(taskCount: ConfigurationLimits.taskCount),
            fix: "write a number of updates, at most half of the number of tasks")
        let shortest = Duration.milliseconds(1)
        barrierTimeout =
            try reader.duration("barrier_timeout", shortest...ConfigurationLimits.longestDuration)
            ?? Defaults.barrierTimeout
        barrierAbsence =
            try reader.choice("barrier_absent", of: BarrierAbsence.self) ?? Defaults.barrierAbsence
        report = try reader.choices("report", of: ReportedValue.self) ?? []
        privacy =
            if let privacy = try reader.mapping("privacy", keys: StudyPrivacy.keys) {
                try StudyPrivacy(privacy)
            } else { nil }
        optimum = try reader.number(
            "optimum", .any, fix: "write the known optimal objective, or remove the key")
        let stop = try reader.mapping("stop", keys: StoppingConditions.keys)
        self.stop = try StoppingConditions(
            try reader.required("stop", stop, example: "{residual: 1e-5, epochs: 400}"))
        try requireConsistency(reader.origin(of:))
    }

    private static func tasks(_ reader: SettingReader) throws(ConfigurationError) -> [TaskAssignment] {
        guard let items = try reader.list("tasks", example: "[{name: reading, site: site-1}]") else {
            return []
        }
        var tasks: [TaskAssignment] = []
        for (index, item) in items.enumerated() {
            let reader = try SettingReader(item, path: "tasks.\(index + 1)", keys: TaskAssignment.keys)
            tasks.append(try TaskAssignment(reader))
        }
        guard !tasks.isEmpty else {
            throw reader.refusal(
                .outOfRange, "tasks", allowed: "a list of at least 1 task",
                fix: "list the tasks, or remove the key")
        }
        return tasks
    }

    private static func taskWeights(_ reader: SettingReader) throws(ConfigurationError) -> [String: Double] {
        guard let mapping = try reader.mapping("task_weights", keys: nil) else { return [:] }
        var weights: [String: Double] = [:]
        for task in mapping.keys {
            weights[task] = try mapping.number(task, .positive, fix: "write for example 1")
        }
        return weights
    }

    /// What stands for an eta that is chosen.
    static let chosenEta = "auto"

    private static func eta(
        _ reader: SettingReader, _ splitting: SplittingKind
    ) throws(ConfigurationError) -> Double? {
        if reader.isWord("eta", chosenEta) { return nil }
        let eta = try reader.number(
            "eta", .positive, fix: "write a value below 2 / L, or `\(chosenEta)` for one that is chosen")
        switch splitting {
        case .backwardForward: return try reader.required("eta", eta, example: "0.001")
        // May stay in the file, so that one word compares the splittings.
        case .douglasRachford: return nil
        }
    }

    private static func onlyDouglasRachford(
        _ reader: SettingReader, _ key: String, _ splitting: SplittingKind, _ value: Double?,
        default standard: Double? = nil
    ) throws(ConfigurationError) -> Double? {
        if splitting == .douglasRachford { return value ?? standard }
        guard value == nil else {
            throw reader.refusal(
                .impossibleCombination, key,
                allowed: "only with splitting `\(SplittingKind.douglasRachford.rawValue)`, "
                    + "not with `\(splitting.rawValue)`", fix: "remove it, or change the splitting")
        }
        return nil
    }

    private static func relaxation(
        _ reader: SettingReader, _ splitting: SplittingKind
    ) throws(ConfigurationError) -> Double {
        if splitting == .douglasRachford {
            return try reader.number("relaxation", .positiveBelowTwo, fix: "write for example 1.5")
                ?? Defaults.relaxation(splitting)
        }
        // The backward-forward operator is averaged with constant 1 / (2 - eta L / 2) (Combettes and Yamada
        // 2015, Proposition 2.4), so factors above 1 converge only below 2 - eta L / 2, which lies in (1, 2) and
        // depends on L, hence on data that no study knows. Up to 1 is safe for every eta in (0, 2 / L).
        return try reader.number(
            "relaxation", .positiveUpToOne,
            fix: "write for example 0.9; backward-forward converges for every eta below 2 / L only up to 1")
            ?? Defaults.relaxation(splitting)
    }
}
