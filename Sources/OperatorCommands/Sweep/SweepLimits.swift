/// Bounds of `atoll sweep`.
package enum SweepLimits {
    /// Values of lambda of one sweep; each costs a whole federation.
    package static let lambdaCount = 64
    /// Significant digits of a value of lambda that a grid makes.
    package static let lambdaDigits = 6
    /// The part of two mean scores that they may differ by and still count as equal: means of the same scores may be
    /// rounded differently.
    package static let tieTolerance = 1e-12
    /// The part of the training records that is kept for the choice, where neither study nor option says.
    package static let holdout = 0.2
    /// The grid around the study's own lambda, where no other is given: from it over this to it times this.
    package static let defaultReach = 100.0
    /// Values of that grid.
    package static let defaultCount = 5
    /// The largest factor of a study's noise that a refusal looks for.
    package static let noiseFactor = 0x1p20
    /// How close to the smallest factor the one is that it names.
    package static let noisePrecision = 1.001
}
