internal import CSodium

/// The operating system's cryptographic randomness: for keys, nonces and privacy noise.
///
/// A type of its own, so that a seeded generator cannot be passed where secrecy depends on the draw.
package struct SystemRandom: RandomNumberGenerator, Sendable {
    /// Creates a generator; all of them draw from the same source.
    package init() {
        Sodium.initialize()
    }

    /// Returns 64 unpredictable bits.
    package mutating func next() -> UInt64 {
        var bits: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &bits) { buffer in
            if let address = buffer.baseAddress { unsafe randombytes_buf(address, buffer.count) }
        }
        return bits
    }

    /// Fills `words` with unpredictable bits, in one call.
    package mutating func fill(_ words: inout [UInt32]) {
        unsafe words.withUnsafeMutableBytes { buffer in
            if let address = buffer.baseAddress { unsafe randombytes_buf(address, buffer.count) }
        }
    }

    /// Returns `count` unpredictable bytes that are not secret, such as identifiers and salts.
    ///
    /// For keys use ``SecretBytes/random(count:)``, whose memory is protected.
    package static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0, "bytes(_:) takes a count of at least 0, got \(count)")
        Sodium.initialize()
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let address = buffer.baseAddress { unsafe randombytes_buf(address, count) }
            initialized = count
        }
    }
}
