internal import CSodium

/// Signatures by Ed25519 (RFC 8032).
package enum Ed25519 {
    /// The size of the seed from which a signing key is made, in bytes.
    package static let seedByteCount = 32
    /// The size of a public key in bytes.
    package static let publicKeyByteCount = 32
    /// The size of a signature in bytes.
    package static let signatureByteCount = 64

    /// A private signing key with its public key.
    package struct SigningKey: ~Copyable, Sendable {
        private let secretKey: SecretBytes
        /// The public key, 32 bytes.
        package let publicKey: [UInt8]

        /// Creates the signing key of a seed.
        ///
        /// - Throws: ``SodiumError/Code/invalidByteCount``.
        package init(seed: borrowing SecretBytes) throws(SodiumError) {
            try SodiumError.require(seed.count, seedByteCount, "an Ed25519 seed")
            var publicKey = [UInt8](repeating: 0, count: publicKeyByteCount)
            secretKey = unsafe seed.withUnsafePointer { seed in
                // libsodium's secret key is the seed followed by the public key.
                SecretBytes(count: seedByteCount + publicKeyByteCount) { span in
                    unsafe span.withUnsafeMutableBufferPointer { buffer in
                        let code = unsafe crypto_sign_seed_keypair(&publicKey, buffer.address, seed)
                        Sodium.requireSuccess(code, "crypto_sign_seed_keypair")
                    }
                }
            }
            self.publicKey = publicKey
        }

        private init(secretKey: consuming SecretBytes, publicKey: [UInt8]) {
            self.secretKey = secretKey
            self.publicKey = publicKey
        }

        /// Returns a second signing key with the same keys.
        package borrowing func copy() -> SigningKey {
            SigningKey(secretKey: secretKey.copy(), publicKey: publicKey)
        }

        /// Returns the signature of `message`, 64 bytes, the same each time.
        package borrowing func signature(for message: [UInt8]) -> [UInt8] {
            unsafe secretKey.withUnsafePointer { secret in
                unsafe [UInt8](unsafeUninitializedCapacity: signatureByteCount) { buffer, initialized in
                    let code = unsafe crypto_sign_detached(
                        buffer.address, nil, message, UInt64(message.count), secret)
                    Sodium.requireSuccess(code, "crypto_sign_detached")
                    initialized = signatureByteCount
                }
            }
        }
    }

    /// Whether `signature` is by the owner of `publicKey` over exactly `message`.
    ///
    /// False, too, for a signature or key of a wrong size, a key of low order, and a signature that is not
    /// in canonical form.
    package static func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == signatureByteCount, publicKey.count == publicKeyByteCount else {
            return false
        }
        Sodium.initialize()
        return unsafe crypto_sign_verify_detached(signature, message, UInt64(message.count), publicKey) == 0
    }
}
