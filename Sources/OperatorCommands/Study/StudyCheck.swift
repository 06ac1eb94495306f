package import Configuration
internal import Datasets
internal import MultiTaskLearning
internal import Reporting
internal import Studies

/// A validated study and what follows from it.
package struct StudyCheck: CommandResult, Sendable, Equatable {
    /// What the study's data tell.
    package struct DataFindings: Sendable, Equatable {
        package let taskCount: Int
        /// Over all tasks, those held out included.
        package let recordCount: Int
        /// Rows of the model, the intercept included.
        package let dimension: Int
        /// 2 / L, L the largest Lipschitz constant of the tasks' gradients: eta must be below.
        package let etaBound: Double
        /// What an aggregator would choose; nil where the study sets eta or has none.
        package let chosenEta: Double?
    }

    /// Whether the study has data, and they could be read.
    package enum DataState: Sendable, Equatable {
        /// The study names no data: each site's are in its own configuration.
        case none
        /// The study names data that are not there; the reason names the file and where they can be had.
        case absent(reason: String)
        case present(DataFindings)
    }

    /// The study; with tasks, sites and dimension as `atoll run` would fill them in, where it names only
    /// data.
    package let study: StudyConfiguration
    /// What follows from ``study``.
    package let explanation: StudyExplanation
    /// Whether tasks and dimension were filled in from the data.
    package let isFilledIn: Bool
    package let data: DataState
    /// What a private study will spend; nil for any other, and while its tasks are not known.
    let spending: PlannedSpending?

    /// Reads, validates and explains a study.
    ///
    /// - Parameters:
    ///   - overrides: `key=value`, applied in order.
    ///   - siteCount: The sites to fill in; one a task when nil.
    /// - Throws: `ConfigurationError` for a study that is not valid; `DatasetsError`,
    ///   `MultiTaskLearningError` and ``CommandError`` `refusedStudy` for data that do not fit it;
    ///   `unusableInput` for sites that it names itself.
    package init(path: String, overrides: [String] = [], siteCount: Int? = nil) throws {
        let written = try StudyConfiguration.load(path: path, overrides: overrides)
        var study = written
        guard siteCount == nil || study.tasks.isEmpty else {
            throw CommandError(
                .unusableInput,
                "--sites: study '\(study.name)' names its tasks and their sites itself; leave it out")
        }
        data = try Self.examine(&study, siteCount: siteCount)
        self.study = study
        isFilledIn = written.tasks.isEmpty && !study.tasks.isEmpty
        explanation = study.explanation
        spending = try PlannedSpending(study)
    }

    /// Reads the study's data where they are, and fills in its tasks where it names none.
    private static func examine(_ study: inout StudyConfiguration, siteCount: Int?) throws -> DataState {
        guard let data = study.data else { return .none }
        do {
            try data.requirePresent()
        } catch {
            return .absent(reason: error.message)
        }
        let dataset = try StudyData.load(
            data, tasks: study.tasks.isEmpty ? nil : study.tasks.map(\.name),
            featureColumns: study.featureColumns)
        let dimension = StudyData.dimension(featureCount: dataset.dimension, study: study)
        if study.tasks.isEmpty {
            let names = dataset.tasks.map(\.name)
            study = try study.filledIn(
                tasks: StudyAssignment.assignments(tasks: names, siteCount: siteCount ?? names.count),
                dimension: dimension, featureColumns: dataset.featureNames)
        }
        guard study.dimension == dimension else {
            throw CommandError(
                .refusedStudy,
                "study '\(study.name)': dimension is \(study.dimension.map(String.init) ?? "absent"), and its data "
                    + "have \(dimension) model rows, the intercept included; write dimension: \(dimension)")
        }
        let objectives = try StudyData.prepare(dataset, study: study, split: data).map(\.objective)
        let constants = try objectives.map { try $0.lipschitzConstant() }
        return .present(
            DataFindings(
                taskCount: dataset.tasks.count, recordCount: dataset.recordCount, dimension: dimension,
                etaBound: BackwardForward.stepBound(lipschitzConstants: constants),
                chosenEta: study.choosesEta
                    ? EtaRule.eta(
                        lipschitzConstants: try objectives.map {
                            try $0.expectedSmoothness(batchSize: study.batchSize)
                        }, lambda: study.lambda) : nil))
    }

    /// Whether every task has a site and the number of model rows is known.
    package var isDeployable: Bool { !study.tasks.isEmpty && study.dimension != nil }

    /// Checks that no site would refuse the study for its data.
    ///
    /// - Throws: ``CommandError`` `refusedStudy` when eta does not converge on them.
    package func requireRunnable() throws {
        // Clipped gradients are bounded whatever the records: their bound on eta is no condition, and never told.
        guard study.privacy == nil, case .present(let findings) = data, let eta = study.eta,
            eta >= findings.etaBound
        else { return }
        throw CommandError(
            .refusedStudy,
            "study '\(study.name)': eta is \(eta), and its data need it below 2/L = \(findings.etaBound)"
        )
    }
}
