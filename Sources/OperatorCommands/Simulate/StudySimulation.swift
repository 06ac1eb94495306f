internal import Configuration
internal import Datasets
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Simulation
internal import Studies

/// A study with its data, to be run on a virtual clock.
struct StudySimulation {
    enum Course {
        /// One update at a time.
        case arrivals(ArrivalSimulation.ReadAge, seed: UInt64)
        /// Sites that compute and send in virtual time.
        case delays(SimulationSettings)
    }

    private let study: StudyConfiguration
    private let course: Course
    private let plan: StudyPlan
    private let tasks: [StudyTask]
    private let optimum: Double
    private var record: ConvergenceRecord
    private var progress = StudyProgress()
    private var staleness = "none"
    private var virtualTime = Duration.zero
    private var bytes = (up: 0, down: 0)
    private var dropOutCount = 0
    private var refreshes: SimulateResult.Refreshes?
    let epochLimit: Int

    /// Reads the study's data.
    ///
    /// - Parameters:
    ///   - course: How it is run.
    ///   - siteCount: Among how many sites the tasks are spread; nil for the study's owners, or one a task.
    ///   - ownSites: Whether every task has a site of its own, whatever the study says.
    ///   - epochs: The most epochs; nil for the study's cap.
    ///   - target: The relative suboptimality at which the study ends.
    /// - Throws: ``CommandError`` `unusableInput` for a course that does not suit the study; errors of configuration,
    ///   data and solver.
    init(
        _ study: StudyConfiguration, course: Course, siteCount: Int?, ownSites: Bool, epochs: Int?,
        target: Double
    ) throws {
        guard let data = study.data else {
            throw CommandError(
                .unusableInput,
                "study '\(study.name)' has no data section, which a simulation needs: every site's records are here"
            )
        }
        let dataset = try LocalStudy.records(of: study, data)
        let names = dataset.tasks.map(\.name)
        let isAssigned = !study.tasks.isEmpty && siteCount == nil && !ownSites
        let assigned = StudyAssignment.assignments(
            tasks: names, siteCount: ownSites ? names.count : siteCount ?? names.count)
        let local = try LocalStudy(
            study, data: data, records: dataset,
            assignments: isAssigned
                ? study.tasks
                : assigned.map {
                    TaskAssignment(
                        name: $0.name, site: $0.site, loss: study.loss(of: $0.name),
                        weight: study.weight(of: $0.name))
                })
        let deployable = local.study
        self.study = deployable
        tasks = local.tasks
        let taskCount = deployable.tasks.count
        let cap = study.stop.updateCountMaximum(taskCount: taskCount).map { Int($0) }
        epochLimit = epochs ?? cap.map { ($0 + taskCount - 1) / taskCount } ?? SimulateLimits.epochs
        let updateLimit = epochs == nil ? cap ?? epochLimit * taskCount : epochLimit * taskCount
        plan = try deployable.plan(
            stoppingRule: StoppingRule(maximumUpdateCount: UInt64(updateLimit), residualTolerance: nil))
        self.course = course
        // Not after the solution.
        if case .delays(let settings) = course { try Self.require(settings, toSuit: plan) }
        let (regularizer, lambda) = (plan.regularizer, plan.lambda)
        let objectives = self.tasks.map(\.objective)
        optimum =
            try study.optimum
            ?? CentralSolver(
                regularizer: regularizer, lambda: lambda, relativeGap: SimulateLimits.optimumGap
            ).solve(objectives).objective
        record = ConvergenceRecord(optimum: optimum, target: target) { model in
            let losses = objectives.indices.reduce(0) { sum, index in
                sum + objectives[index].value(at: model.column(index))
            }
            return try losses + lambda * regularizer.value(model)
        }
    }

    /// Refuses laws of sites that there are not, and a factor's time where every column needs a new one.
    private static func require(_ settings: SimulationSettings, toSuit plan: StudyPlan) throws {
        let sites = Set(plan.tasks.map(\.owner)).sorted()
        for (option, laws) in [("--compute", settings.computeDelays), ("--network", settings.networkDelays)] {
            guard let unknown = Set(laws.keys).subtracting(sites).min() else { continue }
            throw CommandError(
                .unusableInput,
                "\(option): study '\(plan.name)' has no site '\(unknown)'; allowed: \(names(of: sites)); correct the "
                    + "name, or leave it out for a law of all sites")
        }
        guard settings.refreshDelay == nil || plan.factorPolicy.maximumAge > 0 else {
            throw CommandError(
                .unusableInput,
                "--refresh with maximum_factor_age 0: no column may be of an older factor, so there is nothing to "
                    + "compute beside the exchange; write --set maximum_factor_age=N, N at most "
                    + "\(FactorPolicy.largestAge(taskCount: plan.tasks.count))")
        }
    }

    /// The names of sites; of many, the first ones and the last.
    private static func names(of sites: [SiteName]) -> String {
        let names = sites.map(\.rawValue)
        guard names.count > SimulateLimits.shownSiteCount, let last = names.last else {
            return names.joined(separator: ", ")
        }
        let shown = names.prefix(SimulateLimits.shownSiteCount - 1).joined(separator: ", ")
        return "\(shown), … \(last) (\(names.count) sites)"
    }

    /// Runs the study.
    ///
    /// - Parameter report: Called after every epoch with the relative suboptimality.
    mutating func run(report: (_ epoch: Int, _ relativeSuboptimality: Double) -> Void) throws {
        var record = record
        func observe(_ epoch: Int, _ aggregator: inout AggregatorMachine) throws -> Bool {
            let isEnough = try record.observe(aggregator.model(), epoch: epoch)
            report(epoch, record.relativeSuboptimality ?? .nan)
            return isEnough
        }
        switch course {
        case .arrivals(let readAge, let seed):
            var simulation = try ArrivalSimulation(
                plan: plan, objectives: tasks.map(\.objective), readAge: readAge,
                meanInterval: .seconds(1), seed: seed)
            try simulation.run(observe: observe)
            let result = simulation.result
            staleness = readAge.text
            (progress, virtualTime) = (result.progress, result.virtualTime)
            bytes = (result.releaseBytesUp, result.releaseBytesDown)
        case .delays(let settings):
            let objectives = Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0.objective) })
            var federation = try SimulatedFederation(plan: plan, objectives: objectives, settings: settings)
            let result = try federation.run(observe: observe)
            staleness = "of the delays"
            progress = result.store.progress
            virtualTime = progress.statistics.lastUpdateTime
            bytes = (result.releaseBytesUp, result.releaseBytesDown)
            dropOutCount = result.dropOutCount
            if settings.refreshDelay != nil {
                refreshes = .init(
                    count: result.refreshCount, largestAge: result.largestFactorAge,
                    waitCount: result.waitCount, maximumAge: plan.factorPolicy.maximumAge)
            }
        }
        self.record = record
    }

    /// What the run came to.
    func result(seed: Int) -> SimulateResult {
        SimulateResult(
            study: study, seed: seed, staleness: staleness, progress: progress, taskCount: plan.tasks.count,
            virtualTime: virtualTime, releaseBytesUp: bytes.up, releaseBytesDown: bytes.down,
            dropOutCount: dropOutCount, refreshes: refreshes, optimum: optimum, record: record)
    }
}
