internal import Datasets
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Simulation

/// What an update of `atoll simulate` takes, with what it does at an epoch's end, against a target of 10^6 a minute.
///
/// A synthetic study with squared losses, the nuclear norm and Douglas-Rachford splitting at its defaults runs until
/// the suboptimality at which `atoll simulate` ends by itself. Time is processor time; one thread works.
enum SimulationBenchmarks {
    static let name = "simulate"

    /// 10^6 updates a minute.
    private static let targetSeconds = 60e-6
    private static let shape = SyntheticProblem.Shape(
        taskCount: 139, dimension: 28, recordCount: 110, rank: 5)
    /// A little above the largest singular value of what noise of variance 1 adds to the tasks' gradients, which is
    /// sqrt(110) (sqrt(28) + sqrt(139)) = 179.
    private static let lambda = 200.0
    private static let suboptimality = 1e-8
    private static let epochLimit = 400

    static func all() -> [Benchmark] {
        let size = "\(shape.dimension)x\(shape.taskCount)"
        let ages = 0...shape.taskCount
        return [
            benchmark(size) { try arrivals(.none, of: $0, seed: $1) },
            benchmark("\(size) uniform:\(ages.lowerBound)..\(ages.upperBound)") {
                try arrivals(.uniform(ages), of: $0, seed: $1)
            },
            benchmark("\(size) delays") { try delays(of: $0, seed: $1) },
        ]
    }

    /// A study with its tasks' records.
    private struct Study: Sendable {
        let plan: StudyPlan
        /// In the order of the plan's tasks.
        let objectives: [TaskObjective]
        let optimum: Double
    }

    private static func study() throws -> Study {
        let problem = try SyntheticProblem(shape: shape, target: .regression(noiseDeviation: 1), seed: 1)
        let objectives = try problem.dataset.tasks.map {
            try TaskObjective(features: $0.features, targets: $0.targets, loss: .squared, scale: .sum)
        }
        let regularizer = try Regularizer(.nuclear)
        let solver = try CentralSolver(regularizer: regularizer, lambda: lambda, relativeGap: 1e-11)
        let plan = try StudyPlan(
            name: "simulate", digest: [UInt8](repeating: 0, count: 32), dimension: shape.dimension,
            tasks: problem.dataset.tasks.map {
                StudyPlan.Task(name: TaskName($0.name), owner: SiteName("site-\($0.name)"))
            },
            regularizer: regularizer, lambda: lambda, splitting: .douglasRachford(DouglasRachford()),
            relaxation: DouglasRachford.defaultRelaxation, relaxationPolicy: .constant,
            mode: .asynchronous, encoding: .float32, normBound: 1e6,
            stoppingRule: StoppingRule(
                maximumUpdateCount: UInt64(epochLimit * shape.taskCount), residualTolerance: nil))
        return Study(plan: plan, objectives: objectives, optimum: try solver.solve(objectives).objective)
    }

    /// Returns what `atoll simulate` takes note of at an epoch's end.
    private static func record(of study: Study) -> ConvergenceRecord {
        ConvergenceRecord(optimum: study.optimum, target: suboptimality) { model in
            let losses = study.objectives.indices.reduce(0) { sum, index in
                sum + study.objectives[index].value(at: model.column(index))
            }
            return try losses + study.plan.lambda * study.plan.regularizer.value(model)
        }
    }

    private static func benchmark(
        _ size: String, _ sample: @escaping (Study, _ seed: UInt64) throws -> PairedSample
    ) -> Benchmark {
        Benchmark(
            name: name, size: size, baseline: "the target, 10^6 updates a minute", countsUpdates: true
        ) { repetitions in
            let study = try study()
            return try (0..<repetitions).map { try sample(study, UInt64($0 + 1)) }
        }
    }

    /// One update at a time, as `atoll simulate` runs without a law of delays.
    private static func arrivals(
        _ readAge: ArrivalSimulation.ReadAge, of study: Study, seed: UInt64
    ) throws -> PairedSample {
        var simulation = try ArrivalSimulation(
            plan: study.plan, objectives: study.objectives, readAge: readAge, meanInterval: .seconds(1),
            seed: seed)
        var record = record(of: study)
        let start = ProcessorClock.seconds()
        try simulation.run { epoch, aggregator in try record.observe(aggregator.model(), epoch: epoch) }
        let seconds = ProcessorClock.seconds() - start
        return try sample(seconds, updateCount: simulation.result.progress.version, record)
    }

    /// Sites that compute and send in virtual time, with the delays that `atoll simulate` has by default.
    private static func delays(of study: Study, seed: UInt64) throws -> PairedSample {
        var settings = SimulationSettings(seed: seed)
        settings.keepsHistory = false
        settings.eventLimit = .max
        let objectives = Dictionary(
            uniqueKeysWithValues: zip(study.plan.tasks.map(\.name), study.objectives))
        var federation = try SimulatedFederation(
            plan: study.plan, objectives: objectives, settings: settings)
        var record = record(of: study)
        let start = ProcessorClock.seconds()
        let result = try federation.run { epoch, aggregator in
            try record.observe(aggregator.model(), epoch: epoch)
        }
        let seconds = ProcessorClock.seconds() - start
        return try sample(seconds, updateCount: result.store.progress.version, record)
    }

    private static func sample(
        _ seconds: Double, updateCount: UInt64, _ record: ConvergenceRecord
    ) throws -> PairedSample {
        guard let reached = record.relativeSuboptimality, reached <= suboptimality else {
            throw BenchmarkError("no suboptimality of \(suboptimality) after \(updateCount) updates")
        }
        return PairedSample(
            subjectSeconds: seconds / Double(updateCount), baselineSeconds: targetSeconds,
            operationCount: Int(updateCount))
    }
}
