/// A JSON value whose objects keep the order of their members.
package enum JSONValue: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A whole number, exact.
    case integer(Int64)
    /// A number; NaN and the infinities are written as `null`.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// The value of an object's member, or nil.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    /// The number that this is, or nil.
    package var doubleValue: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// The whole number that this is, or nil.
    package var integerValue: Int? {
        guard case .integer(let value) = self else { return nil }
        return Int(exactly: value)
    }

    /// The string that this is, or nil.
    package var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The elements of the array that this is, or nil.
    package var elements: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }
}

/// The members of a JSON object, in order, with distinct keys.
package struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One member.
    package struct Member: Sendable, Equatable {
        /// The key.
        package let key: String
        /// The value.
        package var value: JSONValue
    }

    /// The members, in the order in which they were added.
    package private(set) var members: [Member] = []
    private var places: [String: Int] = [:]

    /// Creates an empty object.
    package init() {}

    /// Creates an object; a later member replaces an earlier one of the same key.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// The value of a key; a new key goes to the end, and nil as a new value removes nothing.
    package subscript(key: String) -> JSONValue? {
        get { places[key].map { members[$0].value } }
        set {
            guard let newValue else { return }
            if let place = places[key] {
                members[place].value = newValue
            } else {
                places[key] = members.count
                members.append(Member(key: key, value: newValue))
            }
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    package init(integerLiteral value: Int64) { self = .integer(value) }
    /// A number.
    package init(floatLiteral value: Double) { self = .number(value) }
    /// A boolean.
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// Null.
    package init(nilLiteral: ()) { self = .null }
    /// An array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }

    /// A number, written shortest so that it reads back to the same double.
    package init(_ value: Double) { self = .number(value) }
    /// A whole number.
    package init(_ value: Int) { self = .integer(Int64(value)) }
    /// A string.
    package init(_ value: String) { self = .string(value) }
    /// A boolean.
    package init(_ value: Bool) { self = .boolean(value) }
    /// An array of numbers.
    package init(_ values: [Double]) { self = .array(values.map { .number($0) }) }
    /// An array of strings.
    package init(_ values: [String]) { self = .array(values.map { .string($0) }) }
}
