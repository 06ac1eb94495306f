internal import ReleaseEncoding
internal import SeededRandom

/// Release bytes of a vector that is near the reference both ends hold.
enum EncodingBenchmarks {
    static let dimensions = [28, 10_000]

    static func all() throws -> [Benchmark] {
        try dimensions.flatMap { dimension in
            try VectorEncoding.allCases.flatMap { try pair($0, dimension: dimension) }
        }
    }

    private static func pair(_ encoding: VectorEncoding, dimension: Int) throws -> [Benchmark] {
        var generator = SeededGenerator(seed: 3)
        let held = (0..<dimension).map { _ in generator.normal() }
        let x = held.map { $0 + 1e-3 * generator.normal() }
        let reference = try ReleaseCodec.encodeFull(held).next
        let release = try ReleaseCodec.encode(x, relativeTo: reference, encoding: encoding).release
        let size = "d = \(dimension), \(release.count) B"
        // Both ends add the difference to what they hold: no encoding is faster than that.
        let baseline = "one addition an element"
        return [
            Benchmark("encode \(encoding.rawValue)", size, against: baseline) {
                keep(try ReleaseCodec.encode(x, relativeTo: reference, encoding: encoding))
            } baseline: {
                keep(zip(x, held).map { $0 + $1 })
            },
            Benchmark("decode \(encoding.rawValue)", size, against: baseline) {
                keep(try ReleaseCodec.decode(release, reference: reference, dimension: dimension))
            } baseline: {
                keep(zip(x, held).map { $0 + $1 })
            },
        ]
    }
}
