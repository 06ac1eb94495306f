/// How an axis maps values to lengths.
package enum PlotScale: Sendable {
    /// Equal differences are equal lengths.
    case linear
    /// Equal ratios are equal lengths; only positive values are shown.
    case logarithmic

    /// Whether a value has a place on such an axis.
    func shows(_ value: Double) -> Bool {
        switch self {
        case .linear: value.isFinite && value.magnitude <= PlotLimits.magnitude
        case .logarithmic: value >= 1 / PlotLimits.magnitude && value <= PlotLimits.magnitude
        }
    }
}
