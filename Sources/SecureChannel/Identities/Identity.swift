package import Sodium

/// The private keys of one site or aggregator, all made from one seed of 32 bytes.
///
/// Each key is derived by libsodium's `crypto_kdf` (``KeyDerivation``) with the seed as master key, the
/// number 1 and its own label: `atollchn` for the channel (X25519 private key), `atollsgn` for signing
/// (Ed25519 seed). A Noise static key must not serve any other purpose (Noise revision 34, section 14),
/// which the labels ensure.
package struct Identity: ~Copyable, Sendable {
    /// The size of a seed in bytes.
    package static let seedByteCount = KeyDerivation.masterKeyByteCount

    /// The static key of the channel's handshakes.
    package let channelKeyPair: X25519.KeyPair
    /// The key that signs ledger entries and receipts.
    package let signingKey: Ed25519.SigningKey

    /// Creates the identity of a seed.
    ///
    /// - Throws: ``SecureChannelError/Code/invalidKey`` for a seed of another size.
    package init(seed: borrowing SecretBytes) throws(SecureChannelError) {
        let channelKeyPair = try Identity.channelKeyPair(seed)
        let signingKey = try Identity.signingKey(seed)
        self.channelKeyPair = channelKeyPair
        self.signingKey = signingKey
    }

    private static func channelKeyPair(
        _ seed: borrowing SecretBytes
    ) throws(SecureChannelError) -> X25519.KeyPair {
        do {
            return try X25519.KeyPair(privateKey: KeyDerivation.deriveKey(from: seed, label: "atollchn"))
        } catch {
            throw SecureChannelError(.invalidKey, error.message)
        }
    }

    private static func signingKey(
        _ seed: borrowing SecretBytes
    ) throws(SecureChannelError) -> Ed25519.SigningKey {
        do {
            return try Ed25519.SigningKey(seed: KeyDerivation.deriveKey(from: seed, label: "atollsgn"))
        } catch {
            throw SecureChannelError(.invalidKey, error.message)
        }
    }

    /// Returns what others may know, under `name`.
    ///
    /// - Throws: ``SecureChannelError/Code/invalidIdentity`` for a name that breaks the rule.
    package borrowing func publicIdentity(name: String) throws(SecureChannelError) -> PublicIdentity {
        try PublicIdentity(
            name: name, channelKey: channelKeyPair.publicKey, signingKey: signingKey.publicKey)
    }
}
