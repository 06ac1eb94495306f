/// What was done with a data set, as a tree whose leaves are mechanisms.
///
/// Each noise multiplier is the standard deviation over the clipping norm (``NeighbouringRelation``).
package indirect enum PrivacyEvent: Sendable, Hashable {
    /// Nothing that depends on the data.
    case nothing
    /// The sum of all clipped records, with Gaussian noise.
    case gaussian(noiseMultiplier: Double)
    /// The same with discrete Gaussian noise on a grid; the multiplier is over the sensitivity after
    /// rounding.
    ///
    /// Only what is proven for it in any dimension is claimed: concentrated privacy as for the Gaussian
    /// (Canonne, Kamath, Steinke, arXiv 2004.00010, Theorem 14).
    case discreteGaussian(noiseMultiplier: Double)
    /// Laplace noise; the scale is over the clipping norm, which here bounds sums of absolute values.
    case laplace(scale: Double)
    /// An event on a Poisson sample: each record independently with probability `rate`, drawn anew and
    /// secretly.
    ///
    /// - Warning: A shuffled or fixed batch is no Poisson sample.
    case poissonSampled(rate: Double, PrivacyEvent)
    /// An event on a sample of fixed size, `rate` of all records, drawn anew and secretly.
    case sampledWithoutReplacement(rate: Double, PrivacyEvent)
    /// An event, `count` times with fresh randomness.
    case selfComposed(PrivacyEvent, count: Int)
    /// Several events on the same data, in any order or interleaved.
    case composed([PrivacyEvent])
    /// A release without any protection: epsilon is infinite.
    case nonPrivate
    /// Something that no accountant here analyses, with its name; composing it is an error.
    case unsupported(String)
}
