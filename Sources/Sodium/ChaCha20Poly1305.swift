internal import CSodium

/// Authenticated encryption with associated data, ChaCha20-Poly1305 (RFC 8439).
package enum ChaCha20Poly1305 {
    /// The size of a key in bytes.
    package static let keyByteCount = 32
    /// The size of a nonce in bytes.
    package static let nonceByteCount = 12
    /// How many bytes a ciphertext is longer than its plaintext.
    package static let tagByteCount = 16

    /// Returns the ciphertext with its tag, 16 bytes longer than `plaintext`.
    ///
    /// - Parameters:
    ///   - nonce: 12 bytes that this key must never see again: the caller's duty.
    ///   - associatedData: Authenticated beside the plaintext, not sent.
    /// - Throws: ``SodiumError/Code/invalidByteCount``.
    package static func seal(
        _ plaintext: [UInt8], key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(SodiumError) -> [UInt8] {
        try requireSizes(key: key, nonce: nonce)
        return unsafe key.withUnsafePointer { key in
            let capacity = plaintext.count + tagByteCount
            return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                var byteCount: UInt64 = 0
                let code = unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                    buffer.address, &byteCount, plaintext, UInt64(plaintext.count),
                    associatedData, UInt64(associatedData.count), nil, nonce, key)
                Sodium.requireSuccess(code, "crypto_aead_chacha20poly1305_ietf_encrypt")
                initialized = Int(byteCount)
            }
        }
    }

    /// Returns the plaintext of `ciphertext`, 16 bytes shorter.
    ///
    /// - Throws: ``SodiumError/Code/authenticationFailed``; ``SodiumError/Code/invalidByteCount``.
    package static func open(
        _ ciphertext: [UInt8], key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(SodiumError) -> [UInt8] {
        try requireSizes(key: key, nonce: nonce)
        guard ciphertext.count >= tagByteCount else {
            throw SodiumError(
                .authenticationFailed,
                "a ciphertext has at least \(tagByteCount) bytes, got \(ciphertext.count)")
        }
        var code: Int32 = 0
        let plaintext = unsafe key.withUnsafePointer { key in
            // Not 0: the count of an array without storage is written to memory that all threads share.
            let capacity = max(ciphertext.count - tagByteCount, 1)
            return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                var byteCount: UInt64 = 0
                code = unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                    buffer.baseAddress, &byteCount, nil, ciphertext, UInt64(ciphertext.count),
                    associatedData, UInt64(associatedData.count), nonce, key)
                initialized = code == 0 ? Int(byteCount) : 0
            }
        }
        guard code == 0 else {
            throw SodiumError(
                .authenticationFailed, "a ciphertext of \(ciphertext.count) bytes does not open")
        }
        return plaintext
    }

    private static func requireSizes(key: borrowing SecretBytes, nonce: [UInt8]) throws(SodiumError) {
        try SodiumError.require(key.count, keyByteCount, "a ChaCha20-Poly1305 key")
        try SodiumError.require(nonce.count, nonceByteCount, "a ChaCha20-Poly1305 nonce")
        Sodium.initialize()
    }
}
