/// The bounds of this module.
package enum MechanismLimits {
    /// The largest declared number of units.
    package static let declaredCount = 1 << 30
    /// The largest dimension of a release.
    package static let dimension = 1 << 26
    /// The smallest and the largest clipping norm.
    package static let clippingNorms = 0x1p-200...0x1p200
    /// The smallest and the largest noise multiplier, those of the accountants.
    package static let noiseMultipliers = 1e-2...1e9
    /// The smallest sampling rate, that of the accountants.
    package static let minimumSamplingRate = 1e-12

    /// The clipping norm has at most so many grid steps.
    package static let clippingSteps = 0x1p31
    /// The exactly rounded Gaussian's standard deviation in grid steps.
    package static let roundedGaussianScales = 0x1p-20...0x1p44
    /// The discrete Gaussian has at most this scale, in grid steps.
    package static let discreteGaussianScale = 0x1p30
    /// Rounding may take at most this share of the clipping norm.
    package static let roundingShare = 0x1p-4
    /// A sum of clipped units is at most so many grid steps, either way.
    package static let sumSteps: Int64 = 1 << 62

    /// Words of randomness that are asked of a source at once: 4 KiB.
    static let randomBlockWordCount = 1024
    /// Whole standard deviations that a normal number may have; more have a probability below 2^-750,000.
    static let wholeDeviations: UInt64 = 1 << 10
    /// Digits that two uniform numbers may have in common; one of 16 bits more has a probability of 2^-16,384.
    static let commonDigits = 1 << 10
}
