internal import Configuration
internal import Datasets
internal import Federation
internal import Studies

/// A study all of whose records are on this machine, with the sites that its tasks are spread over.
struct LocalStudy {
    /// Deployable: every task with its site.
    let study: StudyConfiguration
    let data: DataConfiguration
    /// In the study's order.
    let tasks: [StudyTask]

    /// Reads and prepares the records of a study.
    ///
    /// - Parameters:
    ///   - study: As it was written, with a data section.
    ///   - siteCount: How many sites share the data's tasks; nil where the study names them, or for one a task.
    ///   - command: Who asks, for messages.
    /// - Throws: ``CommandError`` `refusedStudy`; errors of configuration and data.
    init(_ study: StudyConfiguration, siteCount: Int?, command: String) throws {
        let data = try Self.data(of: study, command: command)
        let dataset = try Self.records(of: study, data)
        try Self.requireSites(siteCount, of: study, taskCount: dataset.tasks.count)
        try self.init(
            study, data: data, records: dataset,
            assignments: study.tasks.isEmpty
                ? StudyAssignment.assignments(
                    tasks: dataset.tasks.map(\.name), siteCount: siteCount ?? dataset.tasks.count)
                : study.tasks)
    }

    /// Prepares the records of a study.
    ///
    /// - Parameters:
    ///   - dataset: ``records(of:_:)``.
    ///   - assignments: Every task with its site.
    /// - Throws: Errors of configuration and data.
    init(
        _ study: StudyConfiguration, data: DataConfiguration, records dataset: Dataset,
        assignments: [TaskAssignment]
    ) throws {
        let deployable = try study.filledIn(
            tasks: assignments,
            dimension: StudyData.dimension(featureCount: dataset.dimension, study: study),
            featureColumns: dataset.featureNames)
        let prepared = try StudyData.prepare(dataset, study: deployable, split: data)
        if deployable.privacy == nil {
            try StudyData.requireConvergentStep(prepared, eta: deployable.eta)
        }
        let byName = Dictionary(uniqueKeysWithValues: prepared.map { ($0.name.rawValue, $0) })
        self.study = deployable
        self.data = data
        tasks = deployable.tasks.compactMap { byName[$0.name] }
    }

    /// The study's data section, which `command` needs.
    static func data(of study: StudyConfiguration, command: String) throws -> DataConfiguration {
        guard let data = study.data else {
            throw CommandError(
                .refusedStudy,
                "study '\(study.name)' has no data section, which `\(command)` needs: every site's records are here"
            )
        }
        return data
    }

    /// Reads the records of the study's tasks, or of all where it names none.
    static func records(of study: StudyConfiguration, _ data: DataConfiguration) throws -> Dataset {
        try StudyData.load(
            data, tasks: study.tasks.isEmpty ? nil : study.tasks.map(\.name),
            featureColumns: study.featureColumns)
    }

    /// Refuses a number of sites that the study's tasks do not allow.
    private static func requireSites(
        _ siteCount: Int?, of study: StudyConfiguration, taskCount: Int
    ) throws {
        guard let siteCount else { return }
        if !study.tasks.isEmpty, study.sites.count != siteCount {
            throw CommandError(
                .refusedStudy,
                "--sites is \(siteCount), and study '\(study.name)' names its \(study.sites.count) sites itself; leave "
                    + "--sites out, or remove the study's tasks")
        }
        guard siteCount <= taskCount else {
            throw CommandError(
                .refusedStudy,
                "--sites is \(siteCount), and the study has \(taskCount) tasks; each site owns at least one, so write at "
                    + "most --sites \(taskCount)")
        }
    }
}
