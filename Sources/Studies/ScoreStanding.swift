/// How one score compares with another of the same metric on the same records.
package enum ScoreStanding: String, Sendable {
    case better
    case equal
    case worse

    /// The part of the larger score that two scores may differ by and still count as equal: models differ that much by
    /// where an exchange stopped.
    package static let relativeTolerance = 1e-4

    /// Compares `value` with `other`, whichever way the metric goes.
    package init(of value: Double, against other: Double, metric: Score.Metric) {
        let difference = value - other
        if difference.magnitude <= Self.relativeTolerance * max(value.magnitude, other.magnitude) {
            self = .equal
        } else {
            self = (difference > 0) == metric.isBetterHigh ? .better : .worse
        }
    }
}

extension Score.Metric {
    /// Whether the higher of two scores is the better one.
    package var isBetterHigh: Bool {
        switch self {
        case .accuracy: true
        case .rootMeanSquaredError: false
        }
    }

    /// What people call it.
    package var title: String {
        switch self {
        case .accuracy: "accuracy"
        case .rootMeanSquaredError: "root mean squared error"
        }
    }
}
