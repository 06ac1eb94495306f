package import SecureChannel

/// The private keys of this end, held once and lent to every connection.
///
/// `Identity` cannot be copied; sharing it between event loops takes one owner that never changes.
package final class LocalIdentity: Sendable {
    /// The private keys.
    package let identity: Identity

    /// Takes ownership of the private keys.
    package init(_ identity: consuming Identity) { self.identity = identity }
}
