package import Reporting
package import ThroughputBench

/// What `atoll bench throughput` measured.
package struct ThroughputResult: CommandResult, Sendable {
    package let measurements: [ThroughputMeasurement]

    package init(measurements: [ThroughputMeasurement]) {
        self.measurements = measurements
    }

    package var text: String {
        let table = Self.table("", measurements.map { ($0.dimension, $0.lines) })
        let privacy = measurements.compactMap { measurement in
            measurement.privateLines.map { (measurement.dimension, $0) }
        }
        return privacy.isEmpty ? table : table + "\n" + Self.table("with privacy", privacy)
    }

    package var json: JSONValue {
        ["results": .array(measurements.map(\.json))]
    }

    /// A table with a column a dimension, whose lines have the same labels.
    private static func table(
        _ title: String, _ columns: [(dimension: Int, lines: [ThroughputLine])]
    ) -> String {
        var table = TextTable([(title, .left)] + columns.map { ("d = \($0.dimension)", .right) })
        for (index, line) in (columns.first?.lines ?? []).enumerated() {
            table.append([line.label] + columns.map { $0.lines[index].value })
        }
        return table.text
    }
}
