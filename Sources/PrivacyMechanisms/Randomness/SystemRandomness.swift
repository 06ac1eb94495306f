internal import Sodium

/// The operating system's cryptographic randomness, the only source for a release that protects anybody.
package struct SystemRandomness: RandomnessSource {
    private var random = SystemRandom()

    package init() {}

    /// The operating system's.
    package static var kind: RandomnessKind { .operatingSystem }

    /// Replaces all words by unpredictable ones.
    package mutating func fill(_ words: inout [UInt32]) { random.fill(&words) }
}
