internal import SecureChannel
internal import Sodium
internal import Transport

/// One party of a federation: private keys and their public line.
struct Party: Sendable {
    let local: LocalIdentity
    let identity: PublicIdentity

    init(_ name: String) throws {
        local = LocalIdentity(try Identity(seed: SecretBytes.random(count: Identity.seedByteCount)))
        identity = try local.identity.publicIdentity(name: name)
    }
}
