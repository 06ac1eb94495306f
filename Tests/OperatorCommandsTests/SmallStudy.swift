internal import SeededRandom
internal import TestSupport

/// A study of six regression tasks of 12 records with Douglas-Rachford splitting, in files.
enum SmallStudy {
    /// Writes the study and its records; returns the study's path.
    ///
    /// - Parameter settings: Further lines of the study.
    static func write(to folder: TemporaryFolder, settings: String...) throws -> String {
        var random = SeededGenerator(seed: 1)
        var records = "task,x1,x2,x3,y\n"
        for task in 0..<6 {
            for _ in 0..<12 {
                let x = (0..<3).map { _ in random.normal() }
                let y = x[0] + Double(task) * x[1] + 0.1 * random.normal()
                records += "t\(task),\(x[0]),\(x[1]),\(x[2]),\(y)\n"
            }
        }
        _ = try folder.write(records, to: "records.csv")
        let lines = [
            "name: small", "data: {path: records.csv, task_column: task}", "loss: squared",
            "regularizer: nuclear", "lambda: 1", "splitting: douglas-rachford",
        ]
        return try folder.write((lines + settings).joined(separator: "\n"), to: "study.yaml")
    }
}
