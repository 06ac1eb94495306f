internal import CSodium

/// Diffie and Hellman's key agreement on Curve25519 (RFC 7748).
package enum X25519 {
    /// The size of a private key, a public key and a shared secret in bytes.
    package static let keyByteCount = 32

    /// A private key with its public key.
    package struct KeyPair: ~Copyable, Sendable {
        private let privateKey: SecretBytes
        /// The public key, 32 bytes.
        package let publicKey: [UInt8]

        /// Creates the pair of a private key.
        ///
        /// - Parameter privateKey: Any 32 bytes; the curve's clamping is applied on use.
        /// - Throws: ``SodiumError/Code/invalidByteCount``.
        package init(privateKey: consuming SecretBytes) throws(SodiumError) {
            try SodiumError.require(privateKey.count, keyByteCount, "an X25519 private key")
            Sodium.initialize()
            publicKey = unsafe privateKey.withUnsafePointer { secret in
                unsafe [UInt8](unsafeUninitializedCapacity: keyByteCount) { buffer, initialized in
                    let code = unsafe crypto_scalarmult_base(buffer.address, secret)
                    Sodium.requireSuccess(code, "crypto_scalarmult_base")
                    initialized = keyByteCount
                }
            }
            self.privateKey = privateKey
        }

        private init(privateKey: consuming SecretBytes, publicKey: [UInt8]) {
            self.privateKey = privateKey
            self.publicKey = publicKey
        }

        /// Returns a new pair from the system's randomness.
        package static func generate() throws(SodiumError) -> KeyPair {
            try KeyPair(privateKey: SecretBytes.random(count: keyByteCount))
        }

        /// Returns a second pair with the same keys.
        package borrowing func copy() -> KeyPair {
            KeyPair(privateKey: privateKey.copy(), publicKey: publicKey)
        }

        /// Returns the secret shared with the owner of `peerPublicKey`, as a transient secret.
        ///
        /// - Throws: ``SodiumError/Code/lowOrderPoint`` when the result is all zero, and
        ///   ``SodiumError/Code/invalidByteCount``.
        package borrowing func sharedSecret(with peerPublicKey: [UInt8]) throws(SodiumError) -> SecretBytes {
            try SodiumError.require(peerPublicKey.count, keyByteCount, "an X25519 public key")
            var code: Int32 = 0
            let shared = unsafe privateKey.withUnsafePointer { secret in
                SecretBytes(count: keyByteCount, lifetime: .transient) { span in
                    unsafe span.withUnsafeMutableBufferPointer { buffer in
                        // A point of low order makes it return -1: the all-zero result is refused.
                        code = unsafe crypto_scalarmult(buffer.address, secret, peerPublicKey)
                    }
                }
            }
            guard code == 0 else {
                throw SodiumError(.lowOrderPoint, "the peer's X25519 public key is a point of low order")
            }
            return shared
        }
    }
}
