internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import SeededRandom
internal import Simulation

/// A small study with its data, made from a seed.
struct TestStudy {
    var siteCount = 3
    var tasksPerSite = 2
    var dimension = 5
    var recordCount = 20
    var losses: [LossKind] = [.squared]
    var regularizer = RegularizerKind.nuclear
    var lambda = 0.5
    /// nil for backward-forward with a convergent eta.
    var splitting: Splitting?
    var relaxation = 0.9
    var relaxationPolicy = RelaxationPolicy.constant
    /// nil for the standard one.
    var relaxationSchedule: DecreasingRelaxation?
    var batchSize: Int?
    var mode = StudyPlan.Mode.asynchronous
    var encoding = VectorEncoding.float32
    var normBound = 1e6
    var maximumUpdateCount: UInt64?
    var residualTolerance: Double? = 1e-9
    var factorPolicy = FactorPolicy.current
    var reportsLoss = false
    var privacy: Privacy?
    var seed: UInt64 = 1

    /// How updates are made private; every task declares `recordCount`.
    struct Privacy {
        var noiseMultiplier = 5.0
        var clippingNorm = 1.0
        var releases: UInt64 = 1_000
        var relation = NeighbouringRelation.addOrRemoveOne
        var samplingRate = 1.0
    }

    var taskNames: [TaskName] { (0..<siteCount * tasksPerSite).map { TaskName("t\($0)") } }

    func owner(of index: Int) -> SiteName { SiteName("site\(index % siteCount)") }

    /// Low-rank models with noise; logistic tasks take the sign.
    func objectives() throws -> [TaskName: TaskObjective] {
        var random = SeededGenerator(seed: seed)
        let basis = (0..<2).map { _ in (0..<dimension).map { _ in random.normal() } }
        var result: [TaskName: TaskObjective] = [:]
        for (index, name) in taskNames.enumerated() {
            let mix = [random.normal(), random.normal()]
            let weights = (0..<dimension).map { mix[0] * basis[0][$0] + mix[1] * basis[1][$0] }
            var features = Matrix(rowCount: recordCount, columnCount: dimension)
            var targets: [Double] = []
            let loss = losses[index % losses.count]
            for row in 0..<recordCount {
                var prediction = 0.3 * random.normal()
                for column in 0..<dimension {
                    features[row, column] = random.normal()
                    prediction += features[row, column] * weights[column]
                }
                targets.append(loss == .squared ? prediction : (prediction > 0 ? 1 : 0))
            }
            result[name] = try TaskObjective(features: features, targets: targets, loss: loss, scale: .sum)
        }
        return result
    }

    func plan(for objectives: [TaskName: TaskObjective]) throws -> StudyPlan {
        let lipschitz = try taskNames.map { try objectives[$0]?.lipschitzConstant() ?? 0 }.max() ?? 1
        return try StudyPlan(
            name: "test", digest: Array(repeating: 7, count: 32), dimension: dimension,
            tasks: taskNames.enumerated().map {
                StudyPlan.Task(name: $0.element, owner: owner(of: $0.offset))
            },
            regularizer: Regularizer(regularizer), lambda: lambda,
            splitting: splitting ?? .backwardForward(BackwardForward(eta: 1.5 / lipschitz)),
            relaxation: relaxation,
            relaxationPolicy: relaxationPolicy, mode: mode, encoding: encoding, normBound: normBound,
            stoppingRule: StoppingRule(
                maximumUpdateCount: maximumUpdateCount, residualTolerance: residualTolerance),
            reportsLoss: reportsLoss, factorPolicy: factorPolicy,
            relaxationSchedule: relaxationSchedule ?? .standard, batchSize: batchSize,
            privacy: try privacy.map {
                try PrivateStudy(
                    unit: .record, relation: $0.relation, clippingNorm: $0.clippingNorm,
                    noiseMultiplier: $0.noiseMultiplier, samplingRate: $0.samplingRate,
                    noise: .roundedGaussian,
                    declaredCounts: Dictionary(uniqueKeysWithValues: taskNames.map { ($0, recordCount) }),
                    maximumReleaseCount: $0.releases, dimension: dimension)
            })
    }

    /// The objective at `model`, whose columns are in the order of ``taskNames``.
    func objective(of model: Matrix, _ objectives: [TaskName: TaskObjective]) throws -> Double {
        var value = try lambda * Regularizer(regularizer).value(model)
        for (index, name) in taskNames.enumerated() {
            value += objectives[name]?.value(at: model.column(index)) ?? .nan
        }
        return value
    }

    /// The optimum, from the central solver.
    func optimum(_ objectives: [TaskName: TaskObjective]) throws -> CentralSolution {
        let solver = try CentralSolver(
            regularizer: Regularizer(regularizer), lambda: lambda, relativeGap: 1e-10)
        return try solver.solve(taskNames.compactMap { objectives[$0] })
    }

    /// Runs the study on a virtual clock, and compares where it ended with the optimum.
    func run(
        seed: UInt64, _ adjust: (inout SimulationSettings) -> Void = { _ in }
    ) throws -> (result: SimulationResult, relativeSuboptimality: Double) {
        let objectives = try self.objectives()
        var federation = try self.federation(objectives, seed: seed, adjust)
        let result = try federation.run()
        let optimum = try self.optimum(objectives).objective
        return (result, try objective(of: result.model, objectives) / optimum - 1)
    }

    /// The study on a virtual clock.
    func federation(
        _ objectives: [TaskName: TaskObjective], seed: UInt64,
        _ adjust: (inout SimulationSettings) -> Void = { _ in }
    ) throws -> SimulatedFederation {
        var settings = SimulationSettings(seed: seed)
        settings.eventLimit = 1_000_000
        adjust(&settings)
        return try SimulatedFederation(
            plan: plan(for: objectives), objectives: objectives, settings: settings)
    }
}
