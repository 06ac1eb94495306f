extension JSONValue {
    /// Parses JSON text (RFC 8259), refusing what is ambiguous: a key twice, a lone surrogate, a number
    /// beyond the largest double.
    ///
    /// - Throws: ``ReportingError`` `malformedJSON` with the place.
    /// - Complexity: O(bytes).
    package init(parsing bytes: [UInt8]) throws {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }
}

/// A recursive-descent parser of JSON over its bytes.
private struct JSONParser {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws -> JSONValue {
        let value = try value(depth: 0)
        skipBlanks()
        guard index == bytes.count else { throw fault("text after the value") }
        return value
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < ReportingLimits.jsonDepth else {
            throw fault("more than \(ReportingLimits.jsonDepth) arrays and objects inside one another")
        }
        skipBlanks()
        guard index < bytes.count else { throw fault("the text ends where a value is expected") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws -> JSONObject {
        var object = JSONObject()
        index += 1
        if take("}") { return object }
        repeat {
            skipBlanks()
            let key = try string()
            guard object[key] == nil else { throw fault("a key that stands twice in one object") }
            guard take(":") else { throw fault("no colon after a key") }
            object[key] = try value(depth: depth + 1)
        } while take(",")
        guard take("}") else { throw fault("an object without its end") }
        return object
    }

    private mutating func array(depth: Int) throws -> [JSONValue] {
        var elements: [JSONValue] = []
        index += 1
        if take("]") { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw fault("an array without its end") }
        return elements
    }

    private mutating func string() throws -> String {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw fault("no string") }
        index += 1
        var text: [UInt8] = []
        while true {
            guard index < bytes.count, bytes[index] >= 0x20 else {
                throw fault("a string without its end, or a control character in it")
            }
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { text += try escape() } else { text.append(byte) }
        }
        guard let string = String(validating: text, as: UTF8.self) else {
            throw fault("text that is not UTF-8")
        }
        return string
    }

    private mutating func escape() throws -> [UInt8] {
        guard index < bytes.count else { throw fault("an escape without its end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var code = try codeUnit()
            if 0xD800...0xDBFF ~= code {
                guard bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
                    throw fault("half a surrogate pair")
                }
                index += 2
                let low = try codeUnit()
                guard 0xDC00...0xDFFF ~= low else { throw fault("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair") }
            return Array(String(scalar).utf8)
        default: throw fault("an unknown escape")
        }
    }

    private mutating func codeUnit() throws -> UInt32 {
        let digits = bytes[index...].prefix(4)
        let isHexadecimal = digits.allSatisfy { byte in
            Character(Unicode.Scalar(byte)).isHexDigit
        }
        guard digits.count == 4, isHexadecimal,
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("an escape without four hexadecimal digits") }
        index += 4
        return unit
    }

    private mutating func number() throws -> JSONValue {
        let start = index
        var isWhole = true
        if peek("-") { index += 1 }
        let leadsWithZero = peek("0")
        let wholeCount = digits()
        guard wholeCount > 0, !(leadsWithZero && wholeCount > 1) else { throw fault("no value") }
        if peek(".") {
            isWhole = false
            index += 1
            guard digits() > 0 else { throw fault("a point without digits") }
        }
        if peek("e") || peek("E") {
            isWhole = false
            index += 1
            if peek("+") || peek("-") { index += 1 }
            guard digits() > 0 else { throw fault("an exponent without digits") }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        // "-0" is a double: Int64 has no negative zero.
        if isWhole, text != "-0", let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw fault("a number beyond the largest double")
        }
        return .number(value)
    }

    /// Skips digits; returns how many.
    private mutating func digits() -> Int {
        let start = index
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index - start
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let text = Array(word.description.utf8)
        guard bytes[index...].starts(with: text) else { throw fault("no value") }
        index += text.count
        return value
    }

    private func peek(_ character: Unicode.Scalar) -> Bool {
        index < bytes.count && bytes[index] == UInt8(ascii: character)
    }

    /// Skips blanks and then `character` if it comes next; returns whether it did.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard peek(character) else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private func fault(_ what: String) -> ReportingError {
        ReportingError(.malformedJSON, "JSON, byte \(index): \(what)")
    }
}
