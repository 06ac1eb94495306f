/// Bounds of `atoll simulate`.
package enum SimulateLimits {
    /// The longest recorded delay.
    package static let tracedSeconds = 1e9
    /// The oldest prox that a column may be taken from, in versions: so many states of V are kept.
    package static let readAge = 100_000
    /// Epochs of a study that names no cap, unless told otherwise.
    package static let epochs = 400
    /// The duality gap of the optimum of a study that names none.
    package static let optimumGap = 1e-11
    /// Names of sites in a message.
    package static let shownSiteCount = 12
}
