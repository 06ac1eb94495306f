internal import Glibc
internal import LinearAlgebra
internal import MultiTaskLearning
internal import TestSupport

/// The School data as tasks: 139 schools, 28 whole-number features, one exam score.
enum SolverSchoolData {
    static var isPresent: Bool { SharedFiles.path("data/school/school.csv") != nil }

    /// Returns the tasks in the order of the file.
    ///
    /// - Parameter zScored: Each feature of each task is centred and divided by its standard deviation with
    ///   n - 1, a constant feature becomes 0, and a column of ones is appended.
    static func tasks(zScored: Bool, scale: LossScale) throws -> [TaskObjective] {
        let rows = try readRows()
        return try (1...139).map { task in
            let own = rows.filter { $0.first == task }
            var features = Matrix(rowCount: own.count, columnCount: 28)
            for (index, row) in own.enumerated() {
                for feature in 0..<28 { features[index, feature] = Double(row[feature + 1]) }
            }
            let targets = own.map { Double($0[29]) }
            return try TaskObjective(
                features: zScored ? standardized(features) : features, targets: targets, loss: .squared,
                scale: scale)
        }
    }

    private static func standardized(_ features: Matrix) -> Matrix {
        let n = Double(features.rowCount)
        let columns = (0..<features.columnCount).map { index in
            let values = features.column(index)
            guard values.contains(where: { $0 != values[0] }) else {
                return [Double](repeating: 0, count: values.count)
            }
            let mean = values.reduce(0, +) / n
            let deviations = values.map { $0 - mean }
            let deviation = (Vector.dot(deviations, deviations) / (n - 1)).squareRoot()
            return deviations.map { $0 / deviation }
        }
        return Matrix(columns: columns + [[Double](repeating: 1, count: features.rowCount)])
    }

    /// Returns the lines after the header as whole numbers.
    private static func readRows() throws -> [[Int]] {
        struct Unreadable: Error {}
        guard let path = SharedFiles.path("data/school/school.csv"), let file = fopen(path, "r") else {
            throw Unreadable()
        }
        defer { fclose(file) }
        var rows: [[Int]] = []
        var row: [Int] = []
        var number = 0
        while fgetc(file) != 10 {}
        while true {
            let byte = fgetc(file)
            switch byte {
            case 48...57: number = 10 * number + Int(byte - 48)
            case 44:
                row.append(number)
                number = 0
            case 10:
                rows.append(row + [number])
                row.removeAll()
                number = 0
            case 13: break
            case EOF: return rows
            default: throw Unreadable()
            }
        }
    }
}
