/// How a task's records write the two classes of the logistic loss.
package enum LabelConvention: Sendable {
    case zeroAndOne
    case signs

    /// The convention of all targets of a task: a -1 among them decides.
    package init(of targets: [Double]) {
        self = targets.contains(-1) ? .signs : .zeroAndOne
    }

    /// Returns the class as -1 or +1; nil where the target is no label.
    package func sign(of target: Double) -> Double? {
        if target == 1 { return 1 }
        return target == (self == .signs ? -1 : 0) ? -1 : nil
    }

    /// The labels that the loss takes, for messages.
    package var acceptedLabels: String {
        switch self {
        case .zeroAndOne: "0 and 1, or -1 and 1"
        case .signs: "-1 and 1 (another target is -1)"
        }
    }
}
