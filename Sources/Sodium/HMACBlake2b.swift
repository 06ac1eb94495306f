/// HMAC (RFC 2104) with BLAKE2b-512: 128-byte blocks, 64 bytes of output.
///
/// This is the HMAC construction, as the Noise specification (revision 34, section 4.3) asks for, and not
/// BLAKE2b's own keyed mode, which gives other bytes.
package enum HMACBlake2b {
    /// The size of the output in bytes.
    package static let byteCount = 64

    /// Returns the authentication code of the concatenated parts.
    ///
    /// - Parameter key: At most one block, 128 bytes: longer keys are not needed here and are refused.
    package static func authenticate(
        key: borrowing SecretBytes, _ first: Span<UInt8>, _ second: Span<UInt8>? = nil,
        lifetime: SecretBytes.Lifetime = .lasting
    ) -> SecretBytes {
        precondition(
            key.count <= Blake2b.blockByteCount,
            "an HMAC-BLAKE2b key has at most \(Blake2b.blockByteCount) bytes, got \(key.count)")
        let inner = Blake2bState(length: byteCount)
        pad(key, with: 0x36).withBytes { inner.update($0) }
        inner.update(first)
        if let second { inner.update(second) }
        let innerDigest = SecretBytes(count: byteCount, lifetime: .transient) { inner.finalize(into: &$0) }

        let outer = Blake2bState(length: byteCount)
        pad(key, with: 0x5c).withBytes { outer.update($0) }
        innerDigest.withBytes { outer.update($0) }
        return SecretBytes(count: byteCount, lifetime: lifetime) { outer.finalize(into: &$0) }
    }

    private static func pad(_ key: borrowing SecretBytes, with byte: UInt8) -> SecretBytes {
        key.withBytes { key in
            SecretBytes(count: Blake2b.blockByteCount, lifetime: .transient) { block in
                for index in block.indices { block[index] = (index < key.count ? key[index] : 0) ^ byte }
            }
        }
    }
}
