/// Where the bits of noise and of samples come from.
///
/// The type of a source stays in the type of what was made with it, so that a release with predictable noise
/// cannot stand in for a private one: what protects people takes `NoisedSum<SystemRandomness>`.
package protocol RandomnessSource: Sendable {
    /// What this source protects.
    static var kind: RandomnessKind { get }

    /// Replaces all words by fresh ones, each uniform on 32 bits and independent of all others.
    mutating func fill(_ words: inout [UInt32])
}

/// What a source of randomness protects.
package enum RandomnessKind: String, Sendable, CaseIterable {
    /// The operating system's cryptographic generator.
    case operatingSystem = "operating-system"
    /// A seeded generator: whoever knows the seed removes the noise.
    case seeded = "seeded-not-private"
}
