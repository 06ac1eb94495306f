internal import Compression
internal import SeededRandom
internal import Testing

@Suite("Zstandard frames")
struct ZstdTests {
    static func bytes(count: Int, seed: UInt64, alphabet: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(generator.integer(below: alphabet)) }
    }

    @Test(
        "decompressing what was compressed returns the same bytes", arguments: [0, 1, 27, 255, 256, 300_000])
    func roundTrip(count: Int) throws {
        for (seed, alphabet) in [(1, 1), (2, 4), (3, 256)] {
            let original = Self.bytes(count: count, seed: UInt64(seed), alphabet: alphabet)
            for level in [CompressionLimits.levels.lowerBound, 3, 9] {
                let frame = try Zstd.compress(original, level: level)
                #expect(
                    try Zstd.compress(original, level: level) == frame, "alphabet \(alphabet), level \(level)"
                )
                #expect(try Zstd.decompress(frame, sizeLimit: count) == original, "alphabet \(alphabet)")
            }
        }
    }

    @Test("the limit holds at bound - 1, bound and bound + 1")
    func sizeLimit() throws {
        let frame = try Zstd.compress(Self.bytes(count: 1000, seed: 4, alphabet: 8))
        #expect(throws: CompressionError(.oversized, "")) { try Zstd.decompress(frame, sizeLimit: 999) }
        #expect(try Zstd.decompress(frame, sizeLimit: 1000).count == 1000)
        #expect(try Zstd.decompress(frame, sizeLimit: 1001).count == 1000)
    }

    @Test("contexts are kept for inputs up to their bound, and results do not depend on it")
    func keptContext() throws {
        for count in [-1, 0, 1].map({ CompressionLimits.keptContextInputByteCount + $0 }) {
            let original = Self.bytes(count: count, seed: 5, alphabet: 3)
            let frame = try Zstd.compress(original)
            #expect(try Zstd.decompress(frame, sizeLimit: count) == original)
        }
    }

    @Test("many callers at once get the same bytes as one")
    func concurrentCallers() async throws {
        let originals = (0..<16).map { Self.bytes(count: 5_000, seed: $0, alphabet: 5) }
        let expected = try originals.map { try Zstd.compress($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (original, frame) in zip(originals, expected) {
                group.addTask {
                    for _ in 0..<50 {
                        let compressed = try Zstd.compress(original)
                        let content = try Zstd.decompress(frame, sizeLimit: original.count)
                        #expect(compressed == frame)
                        #expect(content == original)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
