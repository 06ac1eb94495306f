internal import FoundationEssentials
internal import LinearAlgebra
internal import MultiTaskLearning
internal import TestSupport

/// AMTL's own synthetic data: 4 regression tasks, 50 features.
enum RandomRegressionData {
    static let path = SharedFiles.path("data/amtl_random/random.csv")

    /// Returns the tasks in the order of their numbers, squared loss, sum.
    static func load(_ path: String) throws -> [TaskObjective] {
        let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        var records: [[[Double]]] = Array(repeating: [], count: 4)
        for line in text.split(separator: "\n").dropFirst() {
            let numbers = line.split(separator: ",").compactMap { Double($0) }
            records[Int(numbers[0]) - 1].append(Array(numbers.dropFirst()))
        }
        return try records.map { rows in
            try TaskObjective(
                features: Matrix(rows: rows.map { Array($0.dropLast()) }),
                targets: rows.map { $0[$0.count - 1] },
                loss: .squared, scale: .sum)
        }
    }
}
