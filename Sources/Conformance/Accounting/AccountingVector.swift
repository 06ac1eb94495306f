internal import Glibc
internal import PrivacyAccounting

/// A row of reference values of differential-privacy accounting, and what was found of them so far.
struct AccountingVector {
    let json: JSONValue
    /// The largest relative deviation from a value that is to be reproduced.
    private(set) var worstError = 0.0

    /// A value that is not what the row allows.
    struct Deviation: Error, CustomStringConvertible {
        let description: String
    }

    init(_ json: JSONValue) {
        self.json = json
    }

    var delta: Double { get throws { try number("delta") } }

    /// Returns a number, also one written as text, at a path of keys.
    func number(_ path: String...) throws -> Double {
        guard let number = optionalNumber(path) else {
            throw MalformedVector("\(path.joined(separator: ".")) is no number")
        }
        return number
    }

    /// Returns the number at a path, nil where there is none or a null.
    func optional(_ path: String...) -> Double? { optionalNumber(path) }

    private func optionalNumber(_ path: [String]) -> Double? {
        path.reduce(json) { value, key in value?[key] }?.double
    }

    func count(_ key: String) throws -> Int {
        guard let count = Int(exactly: try number(key)) else {
            throw MalformedVector("\(key) is no whole number")
        }
        return count
    }

    func numbers(_ key: String) throws -> [Double?] {
        guard let elements = json[key]?.array else { throw MalformedVector("\(key) is no list") }
        return elements.map(\.double)
    }

    /// The neighbouring relation that the row names.
    var relation: NeighbouringRelation {
        get throws {
            switch json["relation"]?.string {
            case "add_or_remove_one": .addOrRemoveOne
            case "replace_one": .replaceOne
            default: throw MalformedVector("relation is neither add_or_remove_one nor replace_one")
            }
        }
    }

    /// What was released, by the row's sigma (or that of another key), q and steps.
    func event(noiseKey: String = "sigma") throws -> PrivacyEvent {
        let gaussian = PrivacyEvent.gaussian(noiseMultiplier: try number(noiseKey))
        let once = optional("q").map { .poissonSampled(rate: $0, gaussian) } ?? gaussian
        return .selfComposed(once, count: try count("steps"))
    }

    /// Checks that a value is reproduced.
    mutating func require(
        _ name: String, _ value: Double, is expected: Double, within tolerance: Double
    ) throws {
        let error = value == expected ? 0 : abs(value - expected) / max(abs(expected), 1e-300)
        if !(error <= worstError) { worstError = error }
        guard error <= tolerance else {
            throw Deviation(
                description:
                    "\(name) is \(value), to be \(expected) within \(tolerance) of it; it is off by \(error)")
        }
    }

    /// Checks that a value is at most a bound.
    func require(_ name: String, _ value: Double, isAtMost bound: Double) throws {
        guard value <= bound else {
            throw Deviation(description: "\(name) is \(value), to be at most \(bound)")
        }
    }

    /// Checks that a value is at least a bound.
    func require(_ name: String, _ value: Double, isAtLeast bound: Double) throws {
        guard value >= bound else {
            throw Deviation(description: "\(name) is \(value), to be at least \(bound)")
        }
    }
}

extension JSONValue {
    /// A number, or text that is one.
    fileprivate var double: Double? {
        switch self {
        case .number(let number): number
        case .string(let text): Double(text)
        default: nil
        }
    }
}
