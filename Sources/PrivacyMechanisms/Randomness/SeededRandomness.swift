internal import SeededRandom

/// Reproducible randomness for tests and simulation.
///
/// - Warning: What is noised with it is not private, and its type says so.
package struct SeededRandomness: RandomnessSource {
    private var generator: SeededGenerator

    /// Creates a source whose whole sequence follows from `seed`.
    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Seeded.
    package static var kind: RandomnessKind { .seeded }

    /// Replaces all words by the next ones of the sequence.
    package mutating func fill(_ words: inout [UInt32]) {
        for index in words.indices { words[index] = UInt32(truncatingIfNeeded: generator.next() >> 32) }
    }
}
