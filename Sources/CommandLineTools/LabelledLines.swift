package import Reporting

/// Lines of a label and a value, the values below one another.
package struct LabelledLines {
    private var lines: [(label: String, value: String)] = []

    /// Creates no lines.
    package init() {}

    /// Adds a line; nothing where the value is nil.
    package mutating func append(_ label: String, _ value: String?) {
        guard let value else { return }
        lines.append((label, value))
    }

    /// The lines, each with its line feed.
    package var text: String {
        let width = lines.reduce(0) { max($0, $1.label.count) }
        return lines.map { label, value in
            label + String(repeating: " ", count: width + 2 - label.count) + value + "\n"
        }.joined()
    }
}

extension JSONValue {
    /// A number, or null where there is none.
    package init(_ value: Double?) {
        self = value.map { .number($0) } ?? .null
    }

    /// A whole number, or null where there is none.
    package init(_ value: Int?) {
        self = value.map { .integer(Int64($0)) } ?? .null
    }

    /// A string, or null where there is none.
    package init(_ value: String?) {
        self = value.map { .string($0) } ?? .null
    }
}
