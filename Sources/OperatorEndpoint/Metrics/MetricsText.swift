/// Writes metrics in the Prometheus text format.
///
/// - SeeAlso: https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
package struct MetricsText: Sendable {
    /// What a family's values mean.
    package enum Kind: String, Sendable {
        /// Never falls while the process lives; the name ends in `_total`.
        case counter
        case gauge
    }

    /// One value with its labels.
    package struct Sample: Sendable {
        package var labels: [(name: String, value: String)]
        package var value: Double

        package init(_ labels: [(name: String, value: String)], _ value: Double) {
            self.labels = labels
            self.value = value
        }

        package init(_ labels: [(name: String, value: String)], _ value: Int) {
            self.init(labels, Double(value))
        }
    }

    /// The `Content-Type` of the text.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// What was written so far.
    package private(set) var text = ""

    package init() {}

    /// Writes a family of one value.
    package mutating func add(_ kind: Kind, _ name: String, _ help: String, _ value: Double) {
        add(kind, name, help, [Sample([], value)])
    }

    /// Writes a family of one whole number.
    package mutating func add(_ kind: Kind, _ name: String, _ help: String, _ value: Int) {
        add(kind, name, help, [Sample([], value)])
    }

    /// Writes a family; nothing where it has no sample.
    package mutating func add(_ kind: Kind, _ name: String, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        writeHead(name, help, kind.rawValue)
        for sample in samples { write(name, sample.labels, sample.value) }
    }

    /// Writes a histogram.
    package mutating func add(_ name: String, _ help: String, _ histogram: MetricsHistogram) {
        writeHead(name, help, "histogram")
        var count = 0
        for (bound, cell) in zip(histogram.bounds + [.infinity], histogram.counts) {
            count += cell
            write(name + "_bucket", [("le", Self.number(bound))], Double(count))
        }
        write(name + "_sum", [], histogram.sum)
        write(name + "_count", [], Double(count))
    }

    private mutating func writeHead(_ name: String, _ help: String, _ type: String) {
        precondition(Self.isName(name), "\(name) is no metric's name")
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func write(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { label -> String in
                precondition(Self.isName(label.name), "\(label.name) is no label's name")
                return "\(label.name)=\"\(Self.escaped(label.value))\""
            }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// Returns a label's value as it stands between quotes.
    package static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func number(_ value: Double) -> String {
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value.isNaN { return "NaN" }
        // Beyond 2^53 not every whole number is a double.
        if value == value.rounded(), value.magnitude < 0x1p53 { return "\(Int(value))" }
        return "\(value)"
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        return bytes.first.map { !(48...57).contains($0) } ?? false
            && bytes.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || byte == UInt8(ascii: "_")
            }
    }
}
