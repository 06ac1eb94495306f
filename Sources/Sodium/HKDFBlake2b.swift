/// The key derivation of the Noise specification (revision 34, section 4.3) with HMAC-BLAKE2b.
package enum HKDFBlake2b {
    /// The numbers of outputs that Noise uses.
    package static let outputCounts = 2...3

    /// Returns `outputCount` outputs of 64 bytes each, one after the other, as a transient secret.
    ///
    /// - Parameters:
    ///   - chainingKey: 64 bytes.
    ///   - inputKeyMaterial: 0, 32 or 64 bytes.
    ///   - outputCount: 2 or 3.
    package static func derive(
        chainingKey: borrowing SecretBytes, inputKeyMaterial: borrowing SecretBytes, outputCount: Int
    ) -> SecretBytes {
        precondition(outputCounts.contains(outputCount), "HKDF gives 2 or 3 outputs, got \(outputCount)")
        precondition(chainingKey.count == HMACBlake2b.byteCount, "a chaining key has 64 bytes")
        let temporaryKey = inputKeyMaterial.withBytes {
            HMACBlake2b.authenticate(key: chainingKey, $0, lifetime: .transient)
        }
        return SecretBytes(count: outputCount * HMACBlake2b.byteCount, lifetime: .transient) { span in
            var previous = SecretBytes(count: 0, lifetime: .transient) { _ in }
            for index in 0..<outputCount {
                // Each output authenticates the one before it and its own number, from 1.
                previous = previous.withBytes {
                    HMACBlake2b.authenticate(
                        key: temporaryKey, $0, [UInt8(index + 1)].span, lifetime: .transient)
                }
                previous.withBytes { bytes in
                    for position in bytes.indices {
                        span[index * HMACBlake2b.byteCount + position] = bytes[position]
                    }
                }
            }
        }
    }
}
