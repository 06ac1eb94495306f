internal import CSodium

/// The bounds of this module.
package enum SodiumLimits {
    /// The largest ``SecretBytes``: keys, seeds and their texts are far smaller.
    package static let maximumSecretByteCount = 65_536
}
