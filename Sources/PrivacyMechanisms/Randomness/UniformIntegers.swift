/// Exactly uniform integers: all the randomness that the discrete Gaussian and the sampling of units use.
protocol UniformIntegers: ~Copyable {
    /// Returns an integer uniform in `0 ..< bound`, for a bound of at least 1.
    mutating func integer(below bound: UInt128) -> UInt128
}
