internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import SeededRandom
internal import Sodium

/// What a private release costs at the site: its noise, and its charge without the disk.
enum PrivacyBenchmarks {
    private static let dimension = 10_000

    static func all() throws -> [Benchmark] {
        [try noise(.roundedGaussian), try noise(.discreteGaussian), try charge()]
    }

    /// One release of `dimension` samples: at 2 million a second 5 ms.
    private static func noise(_ distribution: NoiseDistribution) throws -> Benchmark {
        let plan = try ReleasePlan(
            unit: .record, dimension: dimension, clippingNorm: 1, noiseMultiplier: 10,
            normalization: .declaredCount(100), noise: distribution)
        let mechanism = Box(try GaussianMechanism(plan, source: SystemRandomness()))
        var random = SeededGenerator(seed: 1)
        return Benchmark(
            "noise \(distribution.rawValue)", "\(dimension) samples", against: "Box and Muller, not private"
        ) {
            keep(try mechanism.value.release(of: NoRecords()).steps)
        } baseline: {
            keep((0..<dimension).map { _ in random.normal() })
        }
    }

    /// One charge, beside the signature that is part of it.
    private static func charge() throws -> Benchmark {
        let key = try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
        let hash = LedgerHash(ofRelease: [1])
        let policy = try PrivacyPolicy(
            epsilon: 1e5, delta: 1e-5, relation: .replaceOne, unit: .record, mechanism: .gaussian,
            sampling: .all, smallestNoiseMultiplier: 20)
        let ledger = Box(
            try PrivacyLedger(
                opening: hash, site: "site", policy: policy, key: key, at: 0, append: { _ in }))
        let plan = try ReleasePlan(
            unit: .record, dimension: 28, clippingNorm: 1, noiseMultiplier: 20,
            normalization: .declaredCount(100))
        var number: UInt64 = 0
        var bytes = [UInt8](repeating: 0, count: 120)
        return Benchmark("ledger charge", "28 numbers, no disk", against: "the signature alone") {
            number += 1
            // Other bytes each time: the same ones would be a resend, which is charged once.
            for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
            let release = PrivateRelease(
                plan, noiseSource: .system, run: "run", task: "task", modelVersion: number,
                dataset: hash, configuration: hash)
            keep(try ledger.value.charge(release, bytes: bytes, isResend: false, at: 0) { keep($0) })
        } baseline: {
            keep(key.signature(for: [UInt8](repeating: 7, count: 57)))
        }
    }

    /// Lets a closure change what cannot be copied.
    private final class Box<Value: ~Copyable> {
        var value: Value

        init(_ value: consuming Value) { self.value = value }
    }

    private struct NoRecords: RecordGradients {
        var recordCount: Int { 0 }

        func gradient(ofRecord index: Int) -> RawGradient { RawGradient([]) }
    }
}
