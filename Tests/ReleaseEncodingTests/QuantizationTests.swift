internal import SeededRandom
internal import Testing

@testable internal import ReleaseEncoding

@Suite("Rounding to each encoding")
struct QuantizationTests {
    /// All finite non-negative bfloat16 patterns, in ascending order of value.
    static let patterns: ClosedRange<UInt16> = 0...0x7F7F

    @Test("every bfloat16 number rounds to itself, both signs")
    func bfloat16Identity() {
        for pattern in Self.patterns {
            for signed in [pattern, pattern | 0x8000] {
                let value = BFloat16(bitPattern: signed).value
                #expect(BFloat16(value).bitPattern == signed)
            }
        }
    }

    @Test("halfway between neighbours rounds to even, and the next double on either side to the nearer")
    func bfloat16Ties() {
        for pattern in Self.patterns.dropLast() {
            let low = BFloat16(bitPattern: pattern).value
            let high = BFloat16(bitPattern: pattern + 1).value
            let middle = low + (high - low) / 2
            let even = pattern % 2 == 0 ? pattern : pattern + 1
            #expect(BFloat16(middle).bitPattern == even, "pattern \(pattern)")
            #expect(BFloat16(middle.nextDown).bitPattern == pattern, "pattern \(pattern)")
            #expect(BFloat16(middle.nextUp).bitPattern == pattern + 1, "pattern \(pattern)")
            #expect(BFloat16(-middle).bitPattern == even | 0x8000, "pattern \(pattern)")
        }
    }

    @Test("bfloat16 overflows at half a unit beyond its largest number, and tiny numbers round to zero")
    func bfloat16Edges() {
        let largest = BFloat16.greatestFiniteMagnitude
        #expect(largest == 0x1.FEp127)
        let halfUnitBeyond = 0x1.FFp127
        #expect(VectorEncoding.bfloat16.bitPattern(of: halfUnitBeyond.nextDown) == 0x7F7F)
        #expect(VectorEncoding.bfloat16.bitPattern(of: halfUnitBeyond) == nil)
        #expect(VectorEncoding.bfloat16.bitPattern(of: .greatestFiniteMagnitude) == nil)
        #expect(VectorEncoding.bfloat16.bitPattern(of: -.infinity) == nil)
        #expect(VectorEncoding.bfloat16.bitPattern(of: .nan) == nil)
        #expect(!BFloat16(.nan).isFinite)
        #expect(BFloat16(0x1p-133).bitPattern == 1)
        #expect(BFloat16(0x1p-134).bitPattern == 0)
        #expect(BFloat16((0x1p-134).nextUp).bitPattern == 1)
        #expect(BFloat16(-Double.leastNonzeroMagnitude).bitPattern == 0x8000)
    }

    @Test("float32 overflows at half a unit beyond its largest number")
    func float32Edges() {
        let halfUnitBeyond = 0x1.FFFFFFp127
        #expect(VectorEncoding.float32.bitPattern(of: halfUnitBeyond.nextDown) == 0x7F7F_FFFF)
        #expect(VectorEncoding.float32.bitPattern(of: halfUnitBeyond) == nil)
        #expect(VectorEncoding.float32.bitPattern(of: 0x1p-149) == 1)
        #expect(VectorEncoding.float32.bitPattern(of: 0x1p-150) == 0)
    }

    @Test("the error is at most half a unit in the last place", arguments: VectorEncoding.allCases)
    func halfUnit(encoding: VectorEncoding) throws {
        let seed: UInt64 = 11
        var generator = SeededGenerator(seed: seed)
        let fractionBits = [VectorEncoding.float64: 52, .float32: 23, .bfloat16: 7]
        let bits = try #require(fractionBits[encoding])
        for value in generator.vector(count: 20_000, octaves: 160) {
            guard let pattern = encoding.bitPattern(of: value) else {
                #expect(value.magnitude > encoding.greatestFiniteMagnitude, "seed \(seed), \(value)")
                continue
            }
            let exponent = encoding == .float64 ? Int(value.exponent) : max(Int(value.exponent), -126)
            let halfUnit = Double(sign: .plus, exponent: exponent - bits - 1, significand: 1)
            let error = (encoding.value(ofBitPattern: pattern) - value).magnitude
            #expect(error <= halfUnit, "seed \(seed), \(value)")
            #expect(error == 0 || encoding != .float64, "seed \(seed), \(value)")
        }
    }
}
