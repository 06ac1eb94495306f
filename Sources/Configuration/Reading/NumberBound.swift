/// The interval that a number must lie in.
enum NumberBound: Sendable {
    case any
    case positive
    case nonNegative
    /// (0, 1].
    case positiveUpToOne
    /// (0.5, 1].
    case aboveHalfUpToOne
    /// (0, 1).
    case positiveBelowOne
    /// (0, 2).
    case positiveBelowTwo
    /// [0, 1].
    case unitInterval
    /// [0, 1).
    case unitIntervalBelowOne

    /// Whether `value` is finite and inside.
    func contains(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        return switch self {
        case .any: true
        case .positive: value > 0
        case .nonNegative: value >= 0
        case .positiveUpToOne: value > 0 && value <= 1
        case .aboveHalfUpToOne: value > 0.5 && value <= 1
        case .positiveBelowOne: value > 0 && value < 1
        case .positiveBelowTwo: value > 0 && value < 2
        case .unitInterval: value >= 0 && value <= 1
        case .unitIntervalBelowOne: value >= 0 && value < 1
        }
    }

    /// For error messages: what is allowed.
    var description: String {
        switch self {
        case .any: "a finite number"
        case .positive: "a finite number above 0"
        case .nonNegative: "a finite number of at least 0"
        case .positiveUpToOne: "a number above 0 and at most 1"
        case .aboveHalfUpToOne: "a number above 0.5 and at most 1"
        case .positiveBelowOne: "a number above 0 and below 1"
        case .positiveBelowTwo: "a number above 0 and below 2"
        case .unitInterval: "a number from 0 to 1"
        case .unitIntervalBelowOne: "a number from 0 and below 1"
        }
    }
}
