internal import SeededRandom
internal import Testing

@testable internal import Compression

@Suite("Hostile frames")
struct HostileFrameTests {
    static let gibibyteBlockCount = (1 << 30) / Bomb.blockByteCount

    static func refuses(_ code: CompressionError.Code, _ bytes: [UInt8], sizeLimit: Int) -> Bool {
        do {
            _ = try Zstd.decompress(bytes, sizeLimit: sizeLimit)
            return false
        } catch {
            return (error as? CompressionError)?.code == code
        }
    }

    @Test("the frames made by hand are what the library reads")
    func bombIsWellFormed() throws {
        let content = 3 * Bomb.blockByteCount
        let frame = Bomb.zeros(blockCount: 3, declared: UInt64(content))
        #expect(try Zstd.decompress(frame, sizeLimit: content) == [UInt8](repeating: 0, count: content))
        let windowed = Bomb.zeros(blockCount: 3, declared: UInt64(content), windowLog: 17)
        #expect(try Zstd.decompress(windowed, sizeLimit: content).count == content)
    }

    @Test("a frame that declares 1 GiB, lies about it, or is silent is refused")
    func bombs() {
        let count = Self.gibibyteBlockCount
        let limit = 80_000
        #expect(Self.refuses(.oversized, Bomb.zeros(blockCount: count, declared: 1 << 30), sizeLimit: limit))
        #expect(
            Self.refuses(.oversized, Bomb.zeros(blockCount: count, declared: UInt64(limit)), sizeLimit: limit)
        )
        #expect(
            Self.refuses(
                .missingSize, Bomb.zeros(blockCount: count, declared: nil, windowLog: 17), sizeLimit: limit))
        #expect(Self.refuses(.oversized, Bomb.zeros(blockCount: 1, declared: .max), sizeLimit: limit))
    }

    @Test("a frame of less content than declared is refused")
    func overstatedSize() {
        let declared = 4 * Bomb.blockByteCount
        let frame = Bomb.zeros(blockCount: 3, declared: UInt64(declared))
        #expect(Self.refuses(.malformed, frame, sizeLimit: declared))
    }

    @Test("a window is granted up to the limit, and none of 2 GiB", arguments: [16, 17, 18, 31, 41])
    func window(log: Int) {
        let content = Bomb.blockByteCount
        let frame = Bomb.zeros(blockCount: 1, declared: UInt64(content), windowLog: log)
        #expect(Self.refuses(.oversized, frame, sizeLimit: content) == (log > 17))
    }

    @Test("a dictionary, a skippable frame, a second frame and trailing bytes are refused")
    func shapes() throws {
        let frame = try Zstd.compress([UInt8](repeating: 7, count: 100))
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 1, 2]
        let withDictionary = Bomb.zeros(blockCount: 1, declared: 131_072, dictionary: 9)
        #expect(Self.refuses(.dictionary, withDictionary, sizeLimit: 1 << 20))
        #expect(Self.refuses(.malformed, skippable, sizeLimit: 1 << 20))
        #expect(Self.refuses(.malformed, skippable + frame, sizeLimit: 1 << 20))
        #expect(Self.refuses(.trailingBytes, frame + skippable, sizeLimit: 1 << 20))
        #expect(Self.refuses(.trailingBytes, frame + frame, sizeLimit: 1 << 20))
        #expect(Self.refuses(.trailingBytes, frame + [0], sizeLimit: 1 << 20))
        #expect(Self.refuses(.malformed, [], sizeLimit: 1 << 20))
    }

    @Test("every truncation is refused")
    func truncations() throws {
        let frame = try Zstd.compress(ZstdTests.bytes(count: 5_000, seed: 6, alphabet: 3))
        for count in 0..<frame.count {
            #expect(throws: CompressionError.self) {
                try Zstd.decompress([UInt8](frame[..<count]), sizeLimit: 5_000)
            }
        }
    }

    @Test("random bytes and damaged frames neither trap nor exceed the limit")
    func fuzz() throws {
        let seed: UInt64 = 7
        var generator = SeededGenerator(seed: seed)
        let frame = try Zstd.compress(ZstdTests.bytes(count: 2_000, seed: seed, alphabet: 3))
        for trial in 0..<5_000 {
            var bytes = frame
            for _ in 0...generator.integer(below: 4) {
                bytes[generator.integer(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            if trial % 5 == 0 {
                let noise = (0..<generator.integer(below: 60)).map { _ in
                    UInt8(truncatingIfNeeded: generator.next())
                }
                bytes = FrameHeader.magic + noise
            }
            do {
                let content = try Zstd.decompress(bytes, sizeLimit: 2_000)
                #expect(content.count <= 2_000, "seed \(seed), trial \(trial)")
            } catch {
                #expect(error is CompressionError, "seed \(seed), trial \(trial)")
            }
        }
    }
}
