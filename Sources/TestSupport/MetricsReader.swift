/// A strict reader of the Prometheus text format 0.0.4, for tests: what it does not expect is an error.
package struct MetricsReader {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    package struct Sample: Equatable {
        package var name: String
        package var labels: [String: String]
        package var value: Double
    }

    /// Type by family.
    package private(set) var types: [String: String] = [:]
    package private(set) var samples: [Sample] = []
    private var helped: Set<String> = []
    private var current: String?
    private var seen: Set<String> = []

    package init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Failure(description: "no line feed at the end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            try read(String(line))
        }
    }

    /// The only sample of this name and these labels.
    package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples.filter { $0.name == name && $0.labels == labels }
        return found.count == 1 ? found[0].value : nil
    }

    private mutating func read(_ line: String) throws {
        if line.hasPrefix("# HELP ") {
            let name = String(line.dropFirst(7).prefix { $0 != " " })
            guard helped.insert(name).inserted else { throw Failure(description: "HELP twice: \(line)") }
        } else if line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, helped.contains(words[2]), types[words[2]] == nil,
                ["counter", "gauge", "histogram"].contains(words[3])
            else { throw Failure(description: "not a TYPE of its own: \(line)") }
            types[words[2]] = words[3]
            current = words[2]
        } else {
            try readSample(line)
        }
    }

    private mutating func readSample(_ line: String) throws {
        let name = String(line.prefix { $0 != "{" && $0 != " " })
        var labels: [String: String] = [:]
        var rest = line.dropFirst(name.count)
        if rest.first == "{" { (labels, rest) = try Self.labels(rest.dropFirst(), of: line) }
        guard rest.first == " ", let value = Double(rest.dropFirst().replacing("+Inf", with: "inf")) else {
            throw Failure(description: "no value: \(line)")
        }
        guard let current, let type = types[current],
            name == current
                || (type == "histogram" && ["_bucket", "_sum", "_count"].contains { name == current + $0 })
        else { throw Failure(description: "outside its family: \(line)") }
        guard type != "counter" || (name.hasSuffix("_total") && value >= 0) else {
            throw Failure(description: "no counter: \(line)")
        }
        guard seen.insert(String(line.dropLast(rest.count))).inserted else {
            throw Failure(description: "twice: \(line)")
        }
        samples.append(Sample(name: name, labels: labels, value: value))
    }

    private static func labels(
        _ text: Substring, of line: String
    ) throws -> (labels: [String: String], rest: Substring) {
        var labels: [String: String] = [:]
        var rest = text
        while true {
            let name = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.hasPrefix("=\"") else {
                throw Failure(description: "no label: \(line)")
            }
            rest = rest.dropFirst(2)
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                case "n": value.append("\n")
                default: throw Failure(description: "no such escape: \(line)")
                }
            }
            labels[String(name)] = value
            let next = rest.popFirst()
            if next == "}" { return (labels, rest) }
            guard next == "," else { throw Failure(description: "labels do not end: \(line)") }
        }
    }
}
