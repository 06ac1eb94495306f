/// The bounds of this module.
package enum ReleaseEncodingLimits {
    /// The most elements of a vector (128 MiB as float64).
    package static let maximumDimension = 1 << 24
    /// The fewest elements for which packing is tried.
    ///
    /// Below, normal differences gained not a byte in float32 and bfloat16 and less than 3 % in float64
    /// (measured from 8 elements on), and trying costs more time than all the rest of encoding.
    package static let smallestPackedDimension = 32
    /// The largest part of the unpacked payload that a packed one may have; above, the elements go as they are.
    ///
    /// Unpacking costs the aggregator more than receiving a quarter of the bytes.
    package static let largestPackedRatio = 0.75
    /// Elements that are looked at to tell whether packing may reach that.
    package static let sampledElementCount = 256
    /// The part of them that must be zero, for elements of more than two bytes.
    package static let smallestZeroRatio = 0.125
}
