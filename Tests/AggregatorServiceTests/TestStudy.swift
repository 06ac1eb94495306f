internal import Configuration
internal import Datasets
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Studies

/// A small deployable study of three sites with two tasks each, unless told otherwise, and its data, made from a seed.
struct TestStudy: Sendable {
    static let sites = ["north", "south", "east"]

    let configuration: StudyConfiguration
    let plan: StudyPlan
    let tasks: [StudyTask]

    /// - Parameters:
    ///   - settings: As with `--set`.
    ///   - taskPrefix: Tasks are named by it and a number from 1.
    ///   - mixesLosses: Every other task is a classification.
    init(
        name: String = "three-sites", settings: [String] = [], taskPrefix: String = "task-",
        tasksPerSite: Int = 2, mixesLosses: Bool = false, isPrivate: Bool = false, seed: UInt64 = 1
    ) throws {
        let problem = try SyntheticProblem(
            shape: .init(taskCount: tasksPerSite * Self.sites.count, dimension: 4, recordCount: 20, rank: 2),
            target: .regression(noiseDeviation: 0.3), seed: seed)
        var lines = ["name: \(name)", "dimension: 4", "tasks:"]
        var data: [TaskData] = []
        for (index, task) in problem.dataset.tasks.enumerated() {
            let isClassification = mixesLosses && !index.isMultiple(of: 2)
            let taskName = "\(taskPrefix)\(index + 1)"
            lines.append(
                "  - {name: \(taskName), site: \(Self.sites[index % Self.sites.count]), "
                    + "loss: \(isClassification ? "logistic" : "squared")}")
            data.append(
                TaskData(
                    name: taskName, features: task.features,
                    targets: isClassification ? task.targets.map { $0 > 0 ? 1 : 0 } : task.targets))
        }
        lines += [
            "loss: squared", "loss_scale: mean", "regularizer: nuclear", "lambda: 0.1", "eta: 0.4",
            "relaxation: 0.9", "encoding: float32", "norm_bound: 1000", "stop: {residual: 1e-7}",
        ]
        if isPrivate {
            lines.append(
                "privacy: {clipping_norm: 1, noise_multiplier: 20, declared_records: 20, releases: 100000}")
        }
        configuration = try StudyConfiguration.parse(
            lines.joined(separator: "\n"), path: "/study.yaml", overrides: settings, environment: [:])
        plan = try configuration.plan()
        tasks = try StudyData.prepare(
            Dataset(tasks: data, featureNames: problem.dataset.featureNames), study: configuration,
            split: DataConfiguration(layout: .files([])))
        try StudyData.requireConvergentStep(tasks, eta: configuration.eta)
    }

    func tasks(of site: String) -> [TaskName] { plan.tasks(of: SiteName(site)) }

    func objectives(of site: String) -> [TaskName: TaskObjective] {
        let own = Set(tasks(of: site))
        return Dictionary(
            uniqueKeysWithValues: tasks.filter { own.contains($0.name) }.map { ($0.name, $0.objective) })
    }

    /// (objective at `model` - optimum) / optimum, the optimum from all data in one place.
    func relativeSuboptimality(of model: Matrix) throws -> Double {
        let regularizer = try configuration.coupling(
            dimension: plan.dimension, tasks: plan.tasks.map(\.name.rawValue))
        let solver = try CentralSolver(
            regularizer: regularizer, lambda: configuration.lambda, relativeGap: 1e-10)
        let optimum = try solver.solve(tasks.map(\.objective)).objective
        var value = try configuration.lambda * regularizer.value(model)
        for (index, task) in tasks.enumerated() { value += task.objective.value(at: model.column(index)) }
        return (value - optimum) / optimum
    }
}
