package import MultiTaskLearning
package import ReleaseEncoding

/// What a study's sites and aggregator agree on, validated.
package struct StudyPlan: Sendable {
    /// One column of the model and the site whose key may write it.
    package struct Task: Sendable, Equatable {
        package let name: TaskName
        package let owner: SiteName

        package init(name: TaskName, owner: SiteName) {
            self.name = name
            self.owner = owner
        }
    }

    /// When the aggregator computes a task's next column.
    package enum Mode: Sendable, Equatable {
        /// At once, from whatever has arrived (AMTL).
        case asynchronous
        /// When every task of the round has arrived (SMTL).
        case synchronous(Barrier)
    }

    package let name: String
    /// BLAKE2b-256 of everything that both sides must agree on.
    package let digest: [UInt8]
    /// Rows of the model, the intercept included.
    package let dimension: Int
    package let tasks: [Task]
    package let regularizer: Regularizer
    package let lambda: Double
    package let splitting: Splitting
    /// Krasnosel'skii-Mann factor before the policy acts on it.
    package let relaxation: Double
    package let relaxationPolicy: RelaxationPolicy
    package let mode: Mode
    package let encoding: VectorEncoding
    /// Largest Euclidean norm of an update.
    package let normBound: Double
    package let stoppingRule: StoppingRule
    /// Whether sites may send their loss with an update.
    package let reportsLoss: Bool
    /// How long eta waits for tasks' Lipschitz constants after the first site joined, where it is chosen from them.
    package let etaTimeout: Duration
    /// How exact columns of the proximal operator are, and how old the factor behind them may be.
    package let factorPolicy: FactorPolicy
    /// What the decreasing relaxation policy follows.
    package let relaxationSchedule: DecreasingRelaxation
    /// Records that a site draws for a forward step; nil for all of its task's.
    package let batchSize: Int?
    /// How updates are made private; nil where they are not.
    package let privacy: PrivateStudy?

    /// Creates a plan.
    ///
    /// - Throws: ``FederationError/Code/invalidStudy`` naming the setting, its value and its bound.
    package init(
        name: String, digest: [UInt8], dimension: Int, tasks: [Task], regularizer: Regularizer,
        lambda: Double, splitting: Splitting, relaxation: Double, relaxationPolicy: RelaxationPolicy,
        mode: Mode, encoding: VectorEncoding, normBound: Double, stoppingRule: StoppingRule,
        reportsLoss: Bool = false, etaTimeout: Duration = .seconds(30),
        factorPolicy: FactorPolicy = .current,
        relaxationSchedule: DecreasingRelaxation = .standard, batchSize: Int? = nil,
        privacy: PrivateStudy? = nil
    ) throws(FederationError) {
        func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(FederationError) {
            guard condition else { throw FederationError(.invalidStudy, message()) }
        }
        let limits = FederationLimits.self
        for name in [name] + tasks.flatMap({ [$0.name.rawValue, $0.owner.rawValue] }) {
            try require(
                !name.isEmpty && name.utf8.count <= limits.maximumNameByteCount,
                "the name '\(name.prefix(40))' has \(name.utf8.count) bytes; "
                    + "a name has 1 to \(limits.maximumNameByteCount)")
        }
        try require(digest.count == 32, "a study's digest has 32 bytes, got \(digest.count)")
        try require(
            (1...limits.maximumDimension).contains(dimension),
            "dimension is \(dimension); it must be 1 to \(limits.maximumDimension)")
        try require(
            (1...limits.maximumTaskCount).contains(tasks.count),
            "the study has \(tasks.count) tasks; it must have 1 to \(limits.maximumTaskCount)")
        try require(
            dimension * tasks.count <= limits.maximumModelEntryCount,
            "the model has \(dimension) x \(tasks.count) entries; "
                + "the bound is \(limits.maximumModelEntryCount)")
        var seen = Set<TaskName>()
        for task in tasks {
            try require(seen.insert(task.name).inserted, "task '\(task.name)' is listed twice")
        }
        do {
            try regularizer.checkTasks(count: tasks.count)
        } catch {
            throw FederationError(.invalidStudy, "\(error)")
        }
        try require(lambda >= 0 && lambda.isFinite, "lambda is \(lambda); it must be finite and at least 0")
        try require(
            relaxation > 0 && relaxation < 2,
            "relaxation is \(relaxation); it must be above 0 and below 2")
        try require(
            normBound > 0 && normBound <= limits.maximumNormBound,
            "norm_bound is \(normBound); it must be above 0 and at most \(limits.maximumNormBound)")
        let largestAge = FactorPolicy.largestAge(taskCount: tasks.count)
        try require(
            factorPolicy.maximumAge <= largestAge,
            "the factor's age is \(factorPolicy.maximumAge); it must be at most \(largestAge), half of the "
                + "\(tasks.count) tasks")
        if let batchSize {
            try require(batchSize >= 1, "batch_size is \(batchSize); it must be at least 1")
            if case .douglasRachford = splitting {
                throw FederationError(
                    .invalidStudy,
                    "batch_size is \(batchSize) with Douglas-Rachford, whose step is the proximal point of the whole "
                        + "loss: that of some records is no unbiased estimate of it")
            }
        }
        if let privacy { try Self.requirePrivacy(privacy, tasks, splitting, batchSize, reportsLoss) }
        self.name = name
        self.digest = digest
        self.dimension = dimension
        self.tasks = tasks
        self.regularizer = regularizer
        self.lambda = lambda
        self.splitting = splitting
        self.relaxation = relaxation
        self.relaxationPolicy = relaxationPolicy
        self.mode = mode
        self.encoding = encoding
        self.normBound = normBound
        self.stoppingRule = stoppingRule
        self.reportsLoss = reportsLoss
        self.etaTimeout = etaTimeout
        self.factorPolicy = factorPolicy
        self.relaxationSchedule = relaxationSchedule
        self.batchSize = batchSize
        self.privacy = privacy
    }

    /// Whether every update is a noised release, which its site charges before it leaves.
    package var isPrivate: Bool { privacy != nil }

    /// Updates that a task has at most, numbered from 1; nil for any number.
    package var maximumReleaseCount: UInt64? { privacy?.maximumReleaseCount }

    /// The tasks that `site` owns, in the study's order.
    package func tasks(of site: SiteName) -> [TaskName] {
        tasks.filter { $0.owner == site }.map(\.name)
    }
}
