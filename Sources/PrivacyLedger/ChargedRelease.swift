/// Release bytes whose charge is in the ledger: what may leave the site, and nothing else may.
///
/// ``PrivacyLedger`` alone makes one, after its entry was appended.
package struct ChargedRelease: Sendable, Equatable {
    /// The release bytes, as they are stored, hashed and sent.
    package let bytes: [UInt8]
    /// Their hash, which entry and receipt name.
    package let hash: LedgerHash
    /// The number of the entry that charges them.
    package let entry: UInt64
    /// Whether the noise came from the system's generator: false says "not private".
    package let isPrivate: Bool

    init(bytes: [UInt8], hash: LedgerHash, entry: UInt64, isPrivate: Bool) {
        self.bytes = bytes
        self.hash = hash
        self.entry = entry
        self.isPrivate = isPrivate
    }
}
