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
        let held = try Reference(full: [1, 2, 3, 4, 5, 6, 7])
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
        let (_, next) = try ReleaseCodec.encode(
            x, relativeTo: Reference(full: h), encoding: .bfloat16)
        for (index, value) in next.value.enumerated() {
            let bound = (x[index] - h[index]).magnitude * 0x1p-8 + x[index].ulp
            #expect((value - x[index]).magnitude <= bound, "element \(index)")
        }
    }

    @Test("a release begins with its header, and small ones are raw", arguments: VectorEncoding.allCases)
    func layout(encoding: VectorEncoding) throws {
        let reference = try Reference(full: [1, 2, 3])
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
        "the elements, the next reference and what arrives are those of one element at a time",
        arguments: VectorEncoding.allCases)
    func everyElement(encoding: VectorEncoding) throws {
        let seed: UInt64 = 13
        var generator = SeededGenerator(seed: seed)
        for dimension in Self.dimensions {
            let held = try Reference(full: generator.vector(count: dimension, octaves: 40))
            let x = zip(held.value, generator.vector(count: dimension, octaves: 40)).map { $0 + $1 }
            let (release, next) = try ReleaseCodec.encode(x, relativeTo: held, encoding: encoding)
            let decoded = try ReleaseCodec.decode(release, reference: held, dimension: dimension)
            #expect(decoded == next)
            let patterns = try zip(x, held.value).map { try #require(encoding.bitPattern(of: $0 - $1)) }
            let sums = zip(held.value, patterns).map { $0 + encoding.value(ofBitPattern: $1) }
            let place: Comment = "seed \(seed), dimension \(dimension)"
            #expect(next.value.map(\.bitPattern) == sums.map(\.bitPattern), place)
            guard try ReleaseHeader(of: release).packedPlanes == 0 else { continue }
            let elements = patterns.flatMap {
                [UInt8](littleEndian: $0, byteCount: encoding.elementByteCount)
            }
            #expect(release[ReleaseHeader.byteCount...].elementsEqual(elements), place)
        }
    }

    @Test(
        "differences are packed where that pays, and equal vectors nearly vanish",
        arguments: VectorEncoding.allCases)
    func packing(encoding: VectorEncoding) throws {
        let dimension = 10_000
        var generator = SeededGenerator(seed: 12)
        let held = try Reference(full: generator.vector(count: dimension))
        let near = held.value.map { $0 + 1e-3 * generator.normal() }
        let raw = ReleaseHeader.byteCount + dimension * encoding.elementByteCount
        let (release, next) = try ReleaseCodec.encode(near, relativeTo: held, encoding: encoding)
        if encoding == .bfloat16 {
            #expect(Double(release.count) < 0.7 * Double(raw))
        } else {
            #expect(release.count == raw)
        }
        #expect(try ReleaseCodec.decode(release, reference: held, dimension: dimension) == next)
        let (same, unchanged) = try ReleaseCodec.encode(held.value, relativeTo: held, encoding: encoding)
        #expect(same.count < 300)
        #expect(unchanged.value == held.value)
    }

    @Test(
        "where zeros are many enough, wide elements are packed too",
        arguments: [VectorEncoding.float32, .float64])
    func packingOfZeros(encoding: VectorEncoding) throws {
        let dimension = 1_024
        var generator = SeededGenerator(seed: 14)
        let zero = Reference(dimension: dimension)
        let bound = Int(ReleaseEncodingLimits.smallestZeroRatio * Double(dimension))
        for (zeroCount, isPacked) in [(0, false), (bound - 4, false), (dimension / 2, true)] {
            let x = (0..<dimension).map { index in
                let isZero = (index / 4 * 97) % (dimension / 4) < zeroCount / 4
                return isZero ? 0 : generator.normal()
            }
            let (release, next) = try ReleaseCodec.encode(x, relativeTo: zero, encoding: encoding)
            #expect(try (ReleaseHeader(of: release).packedPlanes != 0) == isPacked, "\(zeroCount) zeros")
            #expect(try ReleaseCodec.decode(release, reference: zero, dimension: dimension) == next)
        }
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
        let far = try Reference(full: [0, -1.7e308])
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

    @Test(
        "a reference's name is that of the releases that made it, and only the untouched zero vector has none"
    )
    func names() throws {
        let one = try Reference(full: [1, 2, 3])
        #expect(try one == Reference(full: [1, 2, 3]))
        #expect(try one.hash != Reference(full: [1, 2, 3.0.nextUp]).hash)
        #expect(try Reference(full: [0]).hash != Reference(full: [-0.0]).hash)
        #expect(Reference(dimension: 3).hash == .none)
        #expect(try Reference(full: [0, 0, 0]).hash != .none)
        // The same vector by another way has another name.
        let two = try Reference(full: [1, 2, 4])
        let next = try ReleaseCodec.encode([1, 2, 4], relativeTo: one, encoding: .float64).next
        #expect(next.value == two.value && next.hash != two.hash)
        // The same difference on top of another reference, too.
        let other = try ReleaseCodec.encode([1, 2, 5], relativeTo: two, encoding: .float64).next
        #expect(other.hash != next.hash)
    }

    @Test("the name of a known release never changes")
    func goldenName() throws {
        let next = try ReleaseCodec.encode(
            [1, -2], relativeTo: Reference(dimension: 2), encoding: .float32
        ).next
        // Poly1305 under hashlib.blake2b(b"atoll reference", digest_size=32), written out in Python.
        #expect(next.hash.bytes == Self.goldenNameBytes)
        #expect(ReferenceHash(bytes: Self.goldenNameBytes) == next.hash)
    }

    static let goldenNameBytes: [UInt8] = [
        0x29, 0xA6, 0x58, 0xA2, 0xC6, 0x13, 0x4A, 0x2B, 0xB3, 0x5F, 0x53, 0x01, 0x7D, 0x1C, 0x6D, 0xD5,
    ]
}
