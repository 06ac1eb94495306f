internal import CZstd
internal import Compression
internal import SeededRandom

/// Zstandard with the working memory that is kept between calls, beside new memory for each call.
enum CompressionBenchmarks {
    static let byteCounts = [300, 40_000]
    private static let level = 1

    static func all() throws -> [Benchmark] {
        try byteCounts.flatMap { byteCount in
            // About 4 bits of information in each byte, as the high bytes of a difference have.
            var generator = SeededGenerator(seed: 4)
            let bytes = (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: Int(4 * generator.normal())) }
            let frame = try Zstd.compress(bytes, level: level)
            return [
                Benchmark("zstd compress", "\(byteCount) B", against: "a new context for each call") {
                    keep(try Zstd.compress(bytes, level: level))
                } baseline: {
                    keep(compressedWithNewContext(bytes))
                },
                Benchmark("zstd decompress", "\(byteCount) B", against: "a new context for each call") {
                    keep(try Zstd.decompress(frame, sizeLimit: byteCount))
                } baseline: {
                    keep(decompressedWithNewContext(frame, byteCount: byteCount))
                },
            ]
        }
    }

    private static func compressedWithNewContext(_ bytes: [UInt8]) -> [UInt8] {
        let context = unsafe ZSTD_createCCtx()
        defer { unsafe ZSTD_freeCCtx(context) }
        let capacity = ZSTD_compressBound(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            count = unsafe ZSTD_compressCCtx(
                context, output.baseAddress, output.count, bytes, bytes.count, Int32(level))
            precondition(ZSTD_isError(count) == 0, "zstd compresses")
        }
    }

    private static func decompressedWithNewContext(_ frame: [UInt8], byteCount: Int) -> [UInt8] {
        let context = unsafe ZSTD_createDCtx()
        defer { unsafe ZSTD_freeDCtx(context) }
        return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
            count = unsafe ZSTD_decompressDCtx(
                context, output.baseAddress, output.count, frame, frame.count)
            precondition(ZSTD_isError(count) == 0, "zstd decompresses")
        }
    }
}
