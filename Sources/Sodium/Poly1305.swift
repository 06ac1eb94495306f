internal import CSodium

/// The universal hash Poly1305 (RFC 8439, section 2.5): a one-time authenticator under a secret key, and under a
/// public one a fast fingerprint that nobody may rely on against forgery.
package enum Poly1305 {
    /// The size of a key in bytes.
    package static let keyByteCount = 32
    /// The size of a tag in bytes.
    package static let tagByteCount = 16

    /// Returns the tag of `bytes`.
    ///
    /// - Parameter key: ``keyByteCount`` bytes.
    package static func tag(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        precondition(key.count == keyByteCount, "a Poly1305 key has \(keyByteCount) bytes, got \(key.count)")
        Sodium.initialize()
        return unsafe [UInt8](unsafeUninitializedCapacity: tagByteCount) { buffer, initialized in
            let code = unsafe crypto_onetimeauth_poly1305(buffer.address, bytes, UInt64(bytes.count), key)
            Sodium.requireSuccess(code, "crypto_onetimeauth_poly1305")
            initialized = tagByteCount
        }
    }
}
