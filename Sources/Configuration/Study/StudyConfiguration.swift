package import MultiTaskLearning
package import ReleaseEncoding

/// One training job, validated: the problem, how it is solved, and who owns which task.
///
/// A study file names either its data, and `atoll run` fills in tasks, owners and dimension
/// (``filledIn(tasks:dimension:featureColumns:)``), or, to be deployed, the tasks and the dimension themselves.
/// ``keys`` documents every setting.
package struct StudyConfiguration: Sendable, Equatable {
    package let name: String
    /// nil in a deployed study, whose sites name their own.
    package let data: DataConfiguration?
    /// In the study's order; empty until known.
    package internal(set) var tasks: [TaskAssignment]
    /// Rows of the model, the intercept included; nil until known.
    package internal(set) var dimension: Int?
    /// The features in the model's order; nil where each site takes its file's.
    package internal(set) var featureColumns: [String]?
    package let features: FeatureScaling
    package let intercept: InterceptTreatment
    package let losses: LossAssignment
    package let lossScale: LossScale
    /// By task name; absent tasks weigh 1.
    package let taskWeights: [String: Double]
    package let regularizer: RegularizerKind
    /// Every parameter that the regularizer takes.
    package let regularizerParameters: [RegularizerParameter: Double]
    /// The norms of the two parts of the model, for the regularizer that takes them.
    package let splitParts: SplitParts?
    /// The task graph or the task covariance, for the regularizers that need one.
    package let relations: TaskRelations?
    package let lambda: Double
    package let splitting: SplittingKind
    package let mode: StudyMode
    /// Forward step and scale of the proximal step of `backward-forward`; nil where it is chosen, and for every other
    /// splitting.
    ///
    /// It converges for values below 2 over the largest Lipschitz constant of the tasks' gradients.
    package let eta: Double?
    /// Whether the aggregator chooses eta from the tasks' Lipschitz constants, which the sites report: `eta: auto`.
    package let choosesEta: Bool
    /// The scale of the proximal steps of `douglas-rachford`; nil for one that is chosen while running.
    package let gamma: Double?
    /// The part of a column's last step that `douglas-rachford` adds to its next one; nil for every other splitting.
    package let inertia: Double?
    /// The Krasnosel'skii-Mann factor, in (0, 1]; with `douglas-rachford` in (0, 2).
    package let relaxation: Double
    package let relaxationPolicy: RelaxationPolicy
    /// What policy `decreasing` follows; nil for every other one.
    package let relaxationSchedule: DecreasingRelaxation?
    /// Records that a forward step of `backward-forward` is computed from; nil for all of a task's.
    package let batchSize: Int?
    /// The staleness that ARock's bound is reported for; nil for an assumed one.
    package let maximumDelay: Int?
    package let encoding: VectorEncoding
    /// Largest Euclidean norm of an update.
    package let normBound: Double
    /// The largest error of the proximal operator's columns, relative to the Frobenius norm of V.
    ///
    /// Of effect with a spectral factor: the nuclear norm and the functions of singular values.
    package let proxTolerance: Double
    /// How many updates old the spectral factor behind a column may be; nil for what suits the number of tasks.
    package let maximumFactorAge: Int?
    package let barrierTimeout: Duration
    package let barrierAbsence: BarrierAbsence
    package let report: [ReportedValue]
    /// How updates are made private; nil where they are not.
    package let privacy: StudyPrivacy?
    /// A known optimal objective, which relative suboptimality is reported against.
    package internal(set) var optimum: Double?
    /// The file's `optimum`, where overrides made it that of another problem; nil where none was left out.
    package internal(set) var withdrawnOptimum: WithdrawnOptimum?
    package let stop: StoppingConditions

    /// What holds where a study is silent.
    package enum Defaults {
        package static let features = FeatureScaling.raw
        package static let lossScale = LossScale.sum
        package static let splitting = SplittingKind.backwardForward
        package static let mode = StudyMode.asynchronous
        package static func relaxation(_ splitting: SplittingKind) -> Double {
            switch splitting {
            case .backwardForward: 0.9
            case .douglasRachford: DouglasRachford.defaultRelaxation
            }
        }
        package static let inertia = DouglasRachford.defaultInertia
        package static let relaxationPolicy = RelaxationPolicy.constant
        package static let encoding = VectorEncoding.float32
        package static let normBound = 1e6
        package static let proxTolerance = FactorPolicy.defaultTolerance
        package static let barrierTimeout = Duration.seconds(30)
        package static let barrierAbsence = BarrierAbsence.proceed

        /// The intercept that goes with `features`: z-scoring centres features, never targets; raw data may bring
        /// a constant column of their own.
        package static func intercept(_ features: FeatureScaling) -> InterceptTreatment {
            features == .zscore ? .penalized : .none
        }
    }

    /// Reads and validates a study file.
    ///
    /// - Parameters:
    ///   - path: The file, absolute or relative to the working directory.
    ///   - overrides: `key=value` arguments of `--set`, dotted keys, values in YAML, applied in order.
    ///   - environment: What `ATOLL_DATA` is looked up in; the process's own when nil.
    /// - Throws: ``ConfigurationError`` naming file and line (or `--set`), key, value, what is allowed, the fix.
    package static func load(
        path: String, overrides: [String] = [], environment: [String: String]? = nil
    ) throws(ConfigurationError) -> StudyConfiguration {
        let text = try ConfigurationText(
            path: path, what: "the study", overrides: overrides, environment: environment)
        return try StudyConfiguration(text)
    }

    /// Validates a study given as text, as if it stood in the file at `path`.
    package static func parse(
        _ yaml: String, path: String, overrides: [String] = [], environment: [String: String]? = nil
    ) throws(ConfigurationError) -> StudyConfiguration {
        let text = try ConfigurationText(
            text: yaml, path: path, overrides: overrides, environment: environment)
        return try StudyConfiguration(text)
    }

    /// Returns the study with its tasks, their owners and the number of model rows.
    ///
    /// - Throws: ``ConfigurationError`` where names, counts, losses or weights do not fit the study.
    package func filledIn(
        tasks: [TaskAssignment], dimension: Int, featureColumns: [String]? = nil
    ) throws(ConfigurationError) -> StudyConfiguration {
        var study = self
        study.tasks = tasks
        study.dimension = dimension
        study.featureColumns = featureColumns ?? study.featureColumns
        let place = SettingOrigin.program("study \(SettingNode.quote(name))")
        try study.requireConsistency { _ in place }
        try study.requireDeployable()
        return study
    }

    /// Checks that tasks, owners and dimension are known.
    ///
    /// - Throws: ``ConfigurationError/Code/notDeployable`` naming what is absent.
    package func requireDeployable() throws(ConfigurationError) {
        guard !tasks.isEmpty, dimension != nil else {
            let absent = tasks.isEmpty ? "tasks" : "dimension"
            throw ConfigurationError(
                .notDeployable,
                "study \(SettingNode.quote(name)): \(absent): it is absent; a federation needs every task with its "
                    + "site, and the number of model rows; write both into the study, or let `atoll run` fill them in"
            )
        }
    }

    /// The tasks that `site` owns, in the study's order.
    package func tasks(of site: String) -> [TaskAssignment] {
        tasks.filter { $0.site == site }
    }

    /// How many updates old the spectral factor behind a column may be, in a study of so many tasks.
    package func factorAgeMaximum(taskCount: Int) -> Int {
        maximumFactorAge ?? FactorPolicy.defaultMaximumAge(taskCount: taskCount)
    }

    /// The names of all sites, sorted.
    package var sites: [String] { Set(tasks.map(\.site)).sorted() }

    /// The loss of a task, whether it is listed or not.
    ///
    /// - Complexity: O(tasks); ``loss(of:)-(TaskAssignment)`` is O(1).
    package func loss(of task: String) -> LossKind {
        tasks.first { $0.name == task }.map(loss(of:)) ?? losses.exceptions[task] ?? losses.standard
    }

    /// The loss of one of ``tasks``.
    package func loss(of task: TaskAssignment) -> LossKind {
        task.loss ?? losses.exceptions[task.name] ?? losses.standard
    }

    /// The weight of a task, whether it is listed or not.
    ///
    /// - Complexity: O(tasks); ``weight(of:)-(TaskAssignment)`` is O(1).
    package func weight(of task: String) -> Double {
        tasks.first { $0.name == task }.map(weight(of:)) ?? taskWeights[task] ?? 1
    }

    /// The weight of one of ``tasks``.
    package func weight(of task: TaskAssignment) -> Double {
        task.weight ?? taskWeights[task.name] ?? 1
    }
}
