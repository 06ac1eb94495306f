internal import Compression
internal import SeededRandom
internal import Testing

@testable internal import ReleaseEncoding

@Suite("Hostile releases")
struct HostileReleaseTests {
    static func code(
        _ release: [UInt8], reference: Reference, dimension: Int
    ) throws -> ReleaseEncodingError.Code? {
        do {
            _ = try ReleaseCodec.decode(release, reference: reference, dimension: dimension)
            return nil
        } catch let error as ReleaseEncodingError {
            return error.code
        }
    }

    @Test("each fault of a release has its type")
    func faults() throws {
        let held = try Reference(full: [1, 2, 3])
        let (release, _) = try ReleaseCodec.encode([1, 2, 4], relativeTo: held, encoding: .float32)
        func code(
            _ bytes: [UInt8], _ reference: Reference = held, _ dimension: Int = 3
        ) throws
            -> ReleaseEncodingError.Code?
        { try Self.code(bytes, reference: reference, dimension: dimension) }
        func patched(_ index: Int, _ byte: UInt8) -> [UInt8] {
            var bytes = release
            bytes[index] = byte
            return bytes
        }

        #expect(try code(release) == nil)
        #expect(try code([]) == .malformed)
        #expect(try code(patched(0, 0)) == .unsupportedVersion)
        #expect(try code(patched(0, 2)) == .unsupportedVersion)
        #expect(try code(patched(1, 0)) == .malformed)
        #expect(try code(patched(1, 4)) == .malformed)
        #expect(try code(patched(2, 0x10)) == .malformed)
        #expect(try code(patched(3, 2)) == .wrongDimension)
        #expect(try code(patched(3, 0)) == .oversized)
        #expect(try code(patched(6, 0xFF)) == .oversized)
        #expect(try code(patched(7, release[7] ^ 1)) == .unknownReference)
        #expect(try code(release, Reference(full: [1, 2, 5])) == .unknownReference)
        #expect(try code(release, Reference(dimension: 3)) == .unknownReference)
        #expect(try code(release, Reference(full: [1, 2]), 2) == .wrongDimension)
        #expect(try code(release + [0]) == .malformed)
        #expect(try code(release.dropLast()) == .malformed)
        let infinity: [UInt8] = [0, 0, 0x80, 0x7F]
        #expect(try code(release.dropLast(4) + infinity) == .nonFinite)
        #expect(try code(release.dropLast(4) + [1, 0, 0x80, 0xFF]) == .nonFinite)
    }

    @Test("a difference that overflows the reference is refused")
    func overflow() throws {
        let held = try Reference(full: [1.7e308])
        let (release, _) = try ReleaseCodec.encode([1.6e308], relativeTo: held, encoding: .float64)
        var bytes = release
        bytes.replaceSubrange(
            ReleaseHeader.byteCount...,
            with: [UInt8](littleEndian: Double(1.7e308).bitPattern, byteCount: 8))
        #expect(try Self.code(bytes, reference: held, dimension: 1) == .outOfRange)
    }

    @Test("the byte count's bound holds at bound - 1, bound and bound + 1")
    func byteCountBound() throws {
        let (release, _) = try ReleaseCodec.encodeFull([1, 2, 3])
        let held = Reference(dimension: 3)
        #expect(release.count == ReleaseCodec.maximumReleaseByteCount(dimension: 3))
        #expect(try Self.code(release.dropLast(), reference: held, dimension: 3) == .malformed)
        #expect(try Self.code(release, reference: held, dimension: 3) == nil)
        #expect(try Self.code(release + [0], reference: held, dimension: 3) == .oversized)
    }

    @Test("a packed plane that unpacks to another size, or is a bomb, is refused")
    func planes() throws {
        let dimension = 100
        let held = Reference(dimension: dimension)
        func release(plane: [UInt8], declaring byteCount: UInt64? = nil) -> [UInt8] {
            let header = ReleaseHeader(
                encoding: .bfloat16, packedPlanes: 1, dimension: dimension, reference: .none)
            return header.bytes
                + [UInt8](littleEndian: byteCount ?? UInt64(plane.count), byteCount: 4) + plane
                + [UInt8](repeating: 0, count: dimension)
        }
        func zeros(_ count: Int) throws -> [UInt8] { try Zstd.compress([UInt8](repeating: 0, count: count)) }
        func code(_ bytes: [UInt8]) throws -> ReleaseEncodingError.Code? {
            try Self.code(bytes, reference: held, dimension: dimension)
        }

        #expect(try code(release(plane: zeros(100))) == nil)
        #expect(try code(release(plane: zeros(99))) == .malformed)
        #expect(try code(release(plane: zeros(101))) == .oversized)
        #expect(try code(release(plane: zeros(16 << 20))) == .oversized)
        #expect(try code(release(plane: zeros(100) + zeros(100))) == .malformed)
        #expect(try code(release(plane: zeros(100), declaring: 0xFFFF_FFFF)) == .malformed)
        #expect(try code(release(plane: zeros(100), declaring: 0)) == .malformed)
    }

    @Test("every truncation is refused", arguments: VectorEncoding.allCases)
    func truncations(encoding: VectorEncoding) throws {
        var generator = SeededGenerator(seed: 21)
        for dimension in [3, 300] {
            let (release, _) = try ReleaseCodec.encode(
                generator.vector(count: dimension), relativeTo: Reference(dimension: dimension),
                encoding: encoding)
            let held = Reference(dimension: dimension)
            for count in 0..<release.count {
                let code = try Self.code([UInt8](release[..<count]), reference: held, dimension: dimension)
                #expect(code == .malformed, "\(count) of \(release.count) bytes")
            }
        }
    }

    @Test("random and damaged bytes decode to finite vectors or are refused by type")
    func fuzz() throws {
        let seed: UInt64 = 22
        var generator = SeededGenerator(seed: seed)
        for trial in 0..<6_000 {
            let dimension = [1, 5, 40, 200][trial % 4]
            let held = try Reference(full: generator.vector(count: dimension))
            let encoding = VectorEncoding.allCases[generator.integer(below: 3)]
            var bytes = generator.bytes(count: generator.integer(below: 80))
            if trial % 10 != 0 {
                let x = held.value.map { $0 + 0.01 * generator.normal() }
                bytes = try ReleaseCodec.encode(x, relativeTo: held, encoding: encoding).release
                for _ in 0...generator.integer(below: 3) {
                    bytes[generator.integer(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
                }
            }
            do {
                let decoded = try ReleaseCodec.decode(bytes, reference: held, dimension: dimension)
                #expect(decoded.value.count == dimension, "seed \(seed), trial \(trial)")
                let isFinite = decoded.value.allSatisfy(\.isFinite)
                #expect(isFinite, "seed \(seed), trial \(trial)")
            } catch {
                #expect(error is ReleaseEncodingError, "seed \(seed), trial \(trial): \(error)")
            }
        }
    }
}
