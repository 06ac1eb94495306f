internal import Configuration
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Reporting
internal import SeededRandom

/// A study whose local steps cost next to nothing and never come to rest.
///
/// Each task has ``ThroughputLimits/recordCount`` records in many dimensions. They can be told apart without error,
/// so that the logistic loss has no minimum: the steps become smaller and never zero, and their digits stay random.
struct BenchStudy {
    let configuration: StudyConfiguration
    let data: DataConfiguration

    /// Writes the records into `folder` and describes them.
    ///
    /// - Parameter isPrivate: Whether every update is noised and charged; the records are the same either way.
    /// - Throws: `ReportingError` where the folder cannot be written; `ConfigurationError`.
    init(
        dimension: Int, siteCount: Int, regularizer: RegularizerKind, isPrivate: Bool, folder: String
    ) throws {
        let taskCount = siteCount * ThroughputLimits.tasksPerSite
        let width = String(taskCount).count
        let tasks = (0..<taskCount).map { index in
            let number = String(index + 1)
            return (
                name: "task-" + String(repeating: "0", count: width - number.count) + number,
                site: "site-\(index / ThroughputLimits.tasksPerSite + 1)"
            )
        }
        try Folder.create(folder)
        var generator = SeededGenerator(seed: 12)
        for task in tasks {
            try AtomicFile.write(
                NumPyArrayFile.bytes(Self.records(dimension: dimension, &generator)),
                to: Self.path(of: task.name, in: folder))
        }
        data = DataConfiguration(
            layout: .files(tasks.map { .init(task: $0.name, path: Self.path(of: $0.name, in: folder)) }),
            targetColumn: "c\(dimension + 1)")
        let text = """
            name: throughput
            dimension: \(dimension)
            loss: logistic
            loss_scale: mean
            regularizer: \(regularizer.rawValue)
            lambda: 1e-4
            eta: 1
            encoding: float32
            stop: {updates: 1000000000}

            """
        let taskLines = tasks.map { "  - {name: \($0.name), site: \($0.site)}\n" }.joined()
        configuration = try StudyConfiguration.parse(
            text + (isPrivate ? Self.privacy : "") + "tasks:\n" + taskLines, path: folder + "/study.yaml")
    }

    /// Settings on which an update's cost does not depend.
    ///
    /// The ceiling holds tens of millions of a site's updates, more than the longest measurement has, and the number of
    /// records is declared so large that noise does not carry models to where updates would be refused.
    private static let privacy = """
        privacy:
          unit: record
          relation: add-or-remove-one
          clipping_norm: 1
          noise_multiplier: 20
          declared_records: 10000
          releases: 1000000000
          epsilon: 100000
          delta: 1e-5

        """

    private static func path(of task: String, in folder: String) -> String { "\(folder)/\(task).npy" }

    /// Records of norm about 1 in rows, the label, 0 and 1 in turn, in the last column.
    private static func records(dimension: Int, _ generator: inout SeededGenerator) -> Matrix {
        var records = Matrix(rowCount: ThroughputLimits.recordCount, columnCount: dimension + 1)
        let scale = 1 / Double(dimension).squareRoot()
        for row in 0..<records.rowCount {
            for column in 0..<dimension { records[row, column] = scale * generator.normal() }
            records[row, dimension] = Double(row % 2)
        }
        return records
    }
}
