/// Parses the few Python literals of a NumPy header: strings, booleans, tuples of lengths.
struct PythonLiteralParser {
    private var rest: ArraySlice<UInt8>
    private let place: String

    /// Creates a parser at the start of the text.
    init(text: ArraySlice<UInt8>, place: String) {
        rest = text
        self.place = place
    }

    /// Returns whether the next token begins with `token`.
    mutating func peek(_ token: StaticString) -> Bool {
        skipBlanks()
        return rest.starts(with: Array(token.description.utf8))
    }

    /// Skips `token` if it comes next; returns whether it did.
    mutating func take(_ token: StaticString) -> Bool {
        guard peek(token) else { return false }
        rest = rest.dropFirst(token.description.utf8.count)
        return true
    }

    /// Skips `token`, which must come next.
    mutating func expect(_ token: StaticString) throws {
        guard take(token) else { throw fault("'\(token)'") }
    }

    /// Checks that only blanks are left.
    mutating func expectEnd() throws {
        skipBlanks()
        guard rest.isEmpty else { throw fault("the end") }
    }

    /// Returns a string in single or double quotes, without escapes.
    mutating func string() throws -> String {
        let quote: UInt8
        if take("'") {
            quote = UInt8(ascii: "'")
        } else if take("\"") {
            quote = UInt8(ascii: "\"")
        } else {
            throw fault("a string")
        }
        guard let end = rest.firstIndex(of: quote),
            let text = String(validating: rest[..<end], as: UTF8.self), !text.contains("\\")
        else { throw fault("a string without escapes") }
        rest = rest[(end + 1)...]
        return text
    }

    /// Returns `True` or `False`.
    mutating func boolean() throws -> Bool {
        if take("True") { return true }
        if take("False") { return false }
        throw fault("True or False")
    }

    /// Returns a tuple of non-negative integers: `()`, `(3,)`, `(3, 2)`.
    mutating func tuple() throws -> [Int] {
        try expect("(")
        var lengths: [Int] = []
        while !take(")") {
            skipBlanks()
            let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
            guard let length = Int(String(decoding: digits, as: UTF8.self)) else {
                throw fault("a length that fits 63 bits")
            }
            lengths.append(length)
            rest = rest.dropFirst(digits.count)
            if !take(",") {
                // Python reads `(3)` as a number; a tuple of one has a comma.
                guard lengths.count > 1 else { throw fault("a comma after a single length") }
                try expect(")")
                break
            }
        }
        return lengths
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    }

    private func fault(_ expected: String) -> DatasetsError {
        DatasetsError(
            .malformedArray,
            "\(place): the header has \(MessageText.quoted(rest.prefix(20))) where \(expected) is expected")
    }
}
