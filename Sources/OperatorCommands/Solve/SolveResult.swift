package import Configuration
internal import Datasets
internal import Federation
internal import LinearAlgebra
package import MultiTaskLearning
package import Reporting
internal import Studies

/// A study's problem, solved with all records in one place.
package struct SolveResult: CommandResult, Sendable {
    /// The model, its objective and the certificate.
    package let solution: CentralSolution
    /// The covariance of the tasks that was learned with the models, T x T; nil with another regularizer.
    private let relationship: Matrix?
    private let iterationLimit: Int
    /// The gap that was asked for.
    package let gap: Double
    /// The tasks, one a column of the model.
    package let taskNames: [String]
    /// The features, one a row of the model, the intercept included.
    package let featureNames: [String]
    /// Records solved with, over all tasks; those held out do not count.
    package let recordCount: Int
    /// Time spent on solving, without reading the data.
    package let duration: Duration

    /// Reads a study's data, prepares them as a site does, and solves.
    ///
    /// - Parameters:
    ///   - gap: Relative duality gap, above 0.
    ///   - iterationLimit: At least 1.
    ///   - progress: Called now and then; what it throws ends the search.
    /// - Throws: ``CommandError`` `unusableInput` for a study without data, and errors of configuration,
    ///   data, solver.
    package init(
        of study: StudyConfiguration, gap: Double, iterationLimit: Int,
        progress: ((SolverProgress) throws -> Void)? = nil
    ) throws {
        guard let data = study.data else {
            throw CommandError(
                .unusableInput,
                "study '\(study.name)' has no data section; a deployed study's records are at its sites, and "
                    + "solving it in one place needs them all: add `data`")
        }
        let dataset = try StudyData.load(
            data, tasks: study.tasks.isEmpty ? nil : study.tasks.map(\.name),
            featureColumns: study.featureColumns)
        let tasks = try StudyData.prepare(dataset, study: study, split: data)
        let dimension = StudyData.dimension(featureCount: dataset.dimension, study: study)
        let regularizer = try study.coupling(dimension: dimension, tasks: tasks.map(\.name.rawValue))
        let solver = try CentralSolver(
            regularizer: regularizer, lambda: study.lambda, relativeGap: gap, iterationLimit: iterationLimit)
        let start = ContinuousClock.now
        solution = try solver.solve(tasks.map(\.objective), progress: progress)
        relationship =
            regularizer.kind == .learnedCovariance
            ? try TaskRelationship.covariance(of: regularizer.penalizedRows(of: solution.w)) : nil
        duration = ContinuousClock.now - start
        self.gap = gap
        self.iterationLimit = iterationLimit
        taskNames = tasks.map(\.name.rawValue)
        featureNames =
            dataset.featureNames + (study.intercept == .none ? [] : [FeaturePreparation.interceptName])
        recordCount = tasks.reduce(0) { $0 + $1.trainCount }
    }

    /// Checks that the gap was reached.
    ///
    /// - Throws: ``CommandError`` `gapNotReached`.
    package func requireConverged() throws {
        guard !solution.isConverged else { return }
        throw CommandError(
            .gapNotReached,
            "the relative gap is \(solution.relativeGap.map { "\($0)" } ?? "unknown") after \(solution.iterations) "
                + "iterations, above the \(gap) asked for; "
                + (solution.iterations < iterationLimit
                    ? "rounding lets it become no smaller: ask for a wider --gap"
                    : "allow more --iterations or a wider --gap"))
    }

    private var seconds: Double { duration / .seconds(1) }

    package var text: String {
        var lines = LabelledLines()
        lines.append("objective", "\(solution.objective)")
        lines.append("lower bound", solution.lowerBound.map { "\($0)" } ?? "none")
        lines.append(
            "relative gap", solution.relativeGap.map { NumberText.significant($0, digits: 3) } ?? "unknown")
        lines.append("converged", solution.isConverged ? "yes" : "no")
        lines.append("rank", "\(solution.rank)")
        lines.append("non-zero rows", "\(solution.nonZeroRowCount)")
        lines.append("iterations", "\(solution.iterations)")
        lines.append("seconds", NumberText.significant(seconds, digits: 3))
        lines.append("tasks", "\(taskNames.count)")
        lines.append("records", "\(recordCount)")
        lines.append("dimension", "\(featureNames.count)")
        return lines.text
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "objective": JSONValue(solution.objective), "lower_bound": JSONValue(solution.lowerBound),
            "relative_gap": JSONValue(solution.relativeGap), "rank": JSONValue(solution.rank),
            "nonzero_rows": JSONValue(solution.nonZeroRowCount), "iterations": JSONValue(solution.iterations),
            "seconds": JSONValue(seconds), "tasks": JSONValue(taskNames.count),
            "records": JSONValue(recordCount), "dimension": JSONValue(featureNames.count),
            "converged": JSONValue(solution.isConverged),
        ]
        if let relationship {
            object["task_covariance"] = .array(
                (0..<relationship.rowCount).map { row in
                    .array(relationship.row(row).map { JSONValue($0) })
                })
        }
        return .object(object)
    }
}
