internal import SeededRandom
internal import Testing

@testable internal import ReleaseEncoding

@Suite("Encoding and decoding releases")
struct ReleaseCodecTests {
    static let dimensions = [1, 2, 28, 31, 32, 33, 64, 257, 1_000]

    @Test("both ends hold the same reference", arguments: VectorEncoding.allCases, dimensions)
    func bothEndsAgree(encoding: VectorEncoding, dimension: Int) throws {
        var generator = SeededGenerator(seed: UInt64(dimension))
        var sender = Reference(dimension: dimension)
        var receiver = sender
        for step in 0..<20 {
            let x = generator.vector(count: dimension, octaves: step)
            let (release, next) = try ReleaseCodec.encode(x, relativeTo: sender, encoding: encoding)
            receiver = try ReleaseCodec.decode(release, reference: receiver, dimension: dimension)
            #expect(receiver.hash == next.hash, "step \(step)")
            #expect(receiver.value.map(\.bitPattern) == next.value.map(\.bitPattern), "step \(step)")
            #expect(release.count <= ReleaseCodec.maximumReleaseByteCount(dimension: dimension))
            sender = next
        }
    }

    @Test("a full value arrives to the last bit, whatever the receiver holds")
    func fullValue() throws {
        let x = [0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude, -1, .pi]
        let held = Reference(value: [1, 2, 3, 4, 5, 6, 7])
        let (release, next) = try ReleaseCodec.encodeFull(x)
        let decoded = try ReleaseCodec.decode(release, reference: held, dimension: x.count)
        #expect(decoded.value.map(\.bitPattern) == x.map(\.bitPattern))
        #expect(decoded.hash == next.hash)
        #expect(decoded.hash != .none)
    }

    @Test("the next reference differs from the vector by half a unit of the difference at most")
    func lossIsOfTheDifference() throws {
        let h = [1_000.0, -3, 0.25]
        let x = [1_000.001, -3.5, 0.25]
        let (_, next) = try ReleaseCodec.encode(x, relativeTo: Reference(value: h), encoding: .bfloat16)
        for (index, value) in next.value.enumerated() {
            let bound = (x[index] - h[index]).magnitude * 0x1p-8 + x[index].ulp
            #expect((value - x[index]).magnitude <= bound, "element \(index)")
        }
    }

    @Test("a release begins with its header, and small ones are raw", arguments: VectorEncoding.allCases)
    func layout(encoding: VectorEncoding) throws {
        let reference = Reference(value: [1, 2, 3])
        let (release, _) = try ReleaseCodec.encode([1.5, 2, 3], relativeTo: reference, encoding: encoding)
        let header = try ReleaseHeader(of: release)
        #expect(header.encoding == encoding)
        #expect(header.packedPlanes == 0)
        #expect(header.dimension == 3)
        #expect(header.reference == reference.hash)
        #expect(release.count == ReleaseHeader.byteCount + 3 * encoding.elementByteCount)
    }

    @Test("the bytes of a known release never change")
    func golden() throws {
        let (release, _) = try ReleaseCodec.encode(
            [1, -2], relativeTo: Reference(dimension: 2), encoding: .float32)
        #expect(
            release == [1, 2, 0, 2, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
                + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    }

    @Test(
        "packing pays on large differences, and equal vectors nearly vanish",
        arguments: VectorEncoding.allCases)
    func packing(encoding: VectorEncoding) throws {
        let dimension = 10_000
        var generator = SeededGenerator(seed: 12)
        let held = Reference(value: generator.vector(count: dimension))
        let near = held.value.map { $0 + 1e-3 * generator.normal() }
        let raw = ReleaseHeader.byteCount + dimension * encoding.elementByteCount
        let (release, next) = try ReleaseCodec.encode(near, relativeTo: held, encoding: encoding)
        #expect(Double(release.count) < 0.87 * Double(raw))
        #expect(try ReleaseCodec.decode(release, reference: held, dimension: dimension) == next)
        let (same, unchanged) = try ReleaseCodec.encode(held.value, relativeTo: held, encoding: encoding)
        #expect(same.count < 300)
        #expect(unchanged == held)
    }

    @Test("packing is tried from its bound on")
    func packingBound() throws {
        let bound = ReleaseEncodingLimits.smallestPackedDimension
        for (dimension, isPacked) in [(bound - 1, false), (bound, true), (bound + 1, true)] {
            let (release, _) = try ReleaseCodec.encodeFull([Double](repeating: 0, count: dimension))
            #expect(try (ReleaseHeader(of: release).packedPlanes != 0) == isPacked, "dimension \(dimension)")
        }
    }

    @Test("a vector that cannot be sent is refused with its reason")
    func unencodable() throws {
        let zero = Reference(dimension: 2)
        func code(
            _ x: [Double], _ reference: Reference, _ encoding: VectorEncoding
        ) -> ReleaseEncodingError.Code? {
            do {
                _ = try ReleaseCodec.encode(x, relativeTo: reference, encoding: encoding)
                return nil
            } catch {
                return (error as? ReleaseEncodingError)?.code
            }
        }
        #expect(code([1], zero, .float64) == .wrongDimension)
        #expect(code([1, 2, 3], zero, .float64) == .wrongDimension)
        #expect(code([], Reference(dimension: 0), .float64) == .oversized)
        #expect(code([1, .nan], zero, .float32) == .nonFinite)
        #expect(code([-.infinity, 1], zero, .bfloat16) == .nonFinite)
        #expect(code([1, 1e39], zero, .float32) == .outOfRange)
        #expect(code([1, 3.4e38], zero, .bfloat16) == .outOfRange)
        #expect(code([1, 3.3e38], zero, .bfloat16) == nil)
        let far = Reference(value: [0, -1.7e308])
        #expect(code([0, 1.7e308], far, .float64) == .outOfRange)
        let error = #expect(throws: ReleaseEncodingError.self) {
            try ReleaseCodec.encode([1, 1e39], relativeTo: zero, encoding: .float32)
        }
        #expect(error?.message.contains("element 1") == true)
        #expect(error?.message.contains("3.4028234663852886e+38") == true)
    }

    @Test("the dimension's bound holds at bound - 1, bound and bound + 1", arguments: [-1, 0, 1])
    func dimensionBound(offset: Int) throws {
        let dimension = ReleaseEncodingLimits.maximumDimension + offset
        let header = ReleaseHeader(
            encoding: .bfloat16, packedPlanes: 0, dimension: dimension, reference: .none)
        if offset > 0 {
            #expect(throws: ReleaseEncodingError(.oversized, "")) { try ReleaseHeader(of: header.bytes) }
            let tooLarge = [Double](repeating: 0, count: dimension)
            #expect(throws: ReleaseEncodingError(.oversized, "")) { try ReleaseCodec.encodeFull(tooLarge) }
        } else {
            #expect(try ReleaseHeader(of: header.bytes).dimension == dimension)
        }
    }

    @Test("a reference's hash depends on every bit, and only the untouched zero vector has none")
    func hashes() {
        let one = Reference(value: [1, 2, 3])
        #expect(one == Reference(value: [1, 2, 3]))
        #expect(one.hash != Reference(value: [1, 2, 3.0.nextUp]).hash)
        #expect(Reference(value: [0]).hash != Reference(value: [-0.0]).hash)
        #expect(Reference(dimension: 3).hash == .none)
        #expect(Reference(value: [0, 0, 0]).hash != .none)
        // BLAKE2b-128 of sixteen zero bytes, by Python's hashlib.blake2b(bytes(16), digest_size=16).
        #expect(Reference(value: [0, 0]).hash.bytes == Self.hashOfTwoZeros)
    }

    static let hashOfTwoZeros: [UInt8] = [
        0x46, 0x3B, 0xE1, 0xD5, 0x8A, 0x72, 0xE9, 0x61, 0x8E, 0xA5, 0x98, 0x84, 0x36, 0x7C, 0x43, 0x58,
    ]
}
