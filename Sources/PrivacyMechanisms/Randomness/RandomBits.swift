/// Uniform bits and integers, drawn from a source in blocks.
///
/// Not copyable: a copy would hand out the same bits twice, and the difference of two sums with the same noise is
/// exact.
struct RandomBits: ~Copyable, UniformIntegers {
    private var source: any RandomnessSource
    private var block: [UInt32]
    /// The next word of the block.
    private(set) var position: Int
    /// Bits that were read and not yet used, the lowest next.
    private var reservoir: UInt64 = 0
    private(set) var reservoirCount = 0

    init(_ source: any RandomnessSource) {
        self.source = source
        block = [UInt32](repeating: 0, count: MechanismLimits.randomBlockWordCount)
        position = block.count
    }

    /// Returns a number uniform in `0 ..< 2^count`.
    ///
    /// - Parameter count: From 1 to 32.
    @inline(__always)
    mutating func bits(_ count: Int) -> UInt32 {
        if reservoirCount < count {
            if position == block.count { refill() }
            reservoir |= UInt64(block[position]) << UInt64(reservoirCount)
            position += 1
            reservoirCount += 32
        }
        let result = reservoir & ((1 << UInt64(count)) - 1)
        reservoir >>= UInt64(count)
        reservoirCount -= count
        return UInt32(truncatingIfNeeded: result)
    }

    /// Returns an integer uniform in `0 ..< bound`, exactly: as many bits as `bound - 1` has, drawn again while
    /// they are not below it.
    ///
    /// - Parameter bound: At least 1.
    mutating func integer(below bound: UInt128) -> UInt128 {
        precondition(bound > 0, "integer(below:) takes a bound of at least 1, got \(bound)")
        let width = UInt128.bitWidth - (bound - 1).leadingZeroBitCount
        while true {
            var value: UInt128 = 0
            var missing = width
            while missing > 0 {
                let count = min(missing, 32)
                value = value << UInt128(count) | UInt128(bits(count))
                missing -= count
            }
            if value < bound { return value }
        }
    }

    /// The same for small bounds, faster.
    ///
    /// - Parameter bound: At least 2.
    @inline(__always)
    mutating func smallInteger(below bound: UInt32) -> UInt32 {
        let width = UInt32.bitWidth - (bound - 1).leadingZeroBitCount
        while true {
            let value = bits(width)
            if value < bound { return value }
        }
    }

    @inline(never)
    private mutating func refill() {
        source.fill(&block)
        position = 0
    }
}
