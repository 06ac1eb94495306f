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
    /// The memory of a plaintext that its caller gives up is used again.
    ///
    /// - Parameters:
    ///   - nonce: 12 bytes that this key must never see again: the caller's duty.
    ///   - associatedData: Authenticated beside the plaintext, not sent.
    /// - Throws: ``SodiumError/Code/invalidByteCount``.
    package static func seal(
        _ plaintext: consuming [UInt8], key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(SodiumError) -> [UInt8] {
        try requireSizes(key: key, nonce: nonce)
        var bytes = plaintext
        let byteCount = bytes.count
        bytes += repeatElement(0, count: tagByteCount)
        unsafe key.withUnsafePointer { key in
            unsafe bytes.withUnsafeMutableBufferPointer { buffer in
                let code = unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                    buffer.address, nil, buffer.address, UInt64(byteCount), associatedData,
                    UInt64(associatedData.count), nil, nonce, key)
                Sodium.requireSuccess(code, "crypto_aead_chacha20poly1305_ietf_encrypt")
            }
        }
        return bytes
    }

    /// Returns the plaintext of `ciphertext`, 16 bytes shorter.
    ///
    /// The memory of a ciphertext that its caller gives up is used again.
    ///
    /// - Throws: ``SodiumError/Code/authenticationFailed``; ``SodiumError/Code/invalidByteCount``.
    package static func open(
        _ ciphertext: consuming [UInt8], key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(SodiumError) -> [UInt8] {
        try requireSizes(key: key, nonce: nonce)
        var bytes = ciphertext
        let byteCount = bytes.count
        guard byteCount >= tagByteCount else {
            throw SodiumError(
                .authenticationFailed, "a ciphertext has at least \(tagByteCount) bytes, got \(byteCount)")
        }
        var code: Int32 = 0
        unsafe key.withUnsafePointer { key in
            unsafe bytes.withUnsafeMutableBufferPointer { buffer in
                code = unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                    buffer.address, nil, nil, buffer.address, UInt64(byteCount), associatedData,
                    UInt64(associatedData.count), nonce, key)
            }
        }
        guard code == 0 else {
            throw SodiumError(
                .authenticationFailed, "a ciphertext of \(byteCount) bytes does not open")
        }
        bytes.removeLast(tagByteCount)
        return bytes
    }

    private static func requireSizes(key: borrowing SecretBytes, nonce: [UInt8]) throws(SodiumError) {
        try SodiumError.require(key.count, keyByteCount, "a ChaCha20-Poly1305 key")
        try SodiumError.require(nonce.count, nonceByteCount, "a ChaCha20-Poly1305 nonce")
        Sodium.initialize()
    }
}
