/// A number uniform in (0, 1) of which only the digits are known that somebody has asked for.
///
/// The digits after the first stand in one of the ``LazyDigits``' slots.
struct UniformDeviate {
    /// The first digit.
    let first: UInt32
    /// How many further digits are known.
    var knownCount = 0
    /// Where they stand; two numbers in use have different slots.
    let slot: Int
}
