internal import PrivacyLedger

/// Something that an audit found.
package struct AuditFinding: Sendable, Equatable {
    /// What kind of thing it is, gravest first; its exit status never changes its meaning.
    package enum Kind: String, Sendable, CaseIterable {
        /// Bytes, hashes, numbers or order are not those that were written.
        case brokenChain = "broken-chain"
        /// A record that the named key did not sign.
        case badSignature = "bad-signature"
        /// A counter-signed head that is not in the ledger: cut, rolled back or forked.
        case missingHead = "missing-head"
        /// An end that no signed recovery covers.
        case tornTail = "torn-tail"
        /// An entry that the policy before it, or the ledger's rules, do not allow.
        case forbiddenEntry = "forbidden-entry"
        /// The aggregator received a release that no entry charges.
        case receiptWithoutEntry = "receipt-without-entry"
        /// A site has two ledgers of one data set, or one ledger twice: which one counts is not defined.
        case duplicateLedger = "duplicate-ledger"
        /// Receipts or keys are absent: no fault is known, and none is excluded.
        case notCheckable = "not-checkable"

        /// The exit status of an audit whose gravest finding this is.
        package var exitStatus: Int32 {
            switch self {
            case .brokenChain: 10
            case .badSignature: 11
            case .missingHead: 12
            case .tornTail: 13
            case .forbiddenEntry: 14
            case .receiptWithoutEntry: 15
            case .duplicateLedger: 16
            case .notCheckable: 20
            }
        }
    }

    /// What kind of thing it is.
    package let kind: Kind
    /// The file or folder, from the audited folder on.
    package let place: String
    /// The number of the first bad entry, where it is one.
    package let entry: UInt64?
    /// What it is, in words.
    package let message: String

    package init(_ kind: Kind, _ place: String, entry: UInt64? = nil, _ message: String) {
        self.kind = kind
        self.place = place
        self.entry = entry
        self.message = message
    }

    /// Creates the finding of an error that reading gave.
    init(_ error: LedgerError, _ place: String) {
        let kind: Kind =
            switch error.code {
            case .badSignature: .badSignature
            case .headMissing: .missingHead
            case .tornTail: .tornTail
            case .forbiddenEntry: .forbiddenEntry
            case .brokenChain, .malformed, .invalidValue, .failed: .brokenChain
            }
        self.init(kind, place, entry: error.entry, error.message)
    }
}
