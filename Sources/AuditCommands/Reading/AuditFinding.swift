internal import CommandLineTools
internal import PrivacyLedger
internal import Reporting

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
        /// The aggregator's receipts have no head that it signed and a ledger keeps: cut, replaced, or not all there.
        case incompleteReceipts = "incomplete-receipts"
        /// A site has two ledgers of one data set, or one ledger twice: which one counts is not defined.
        case duplicateLedger = "duplicate-ledger"
        /// A recording that no recorder writes: other fields, a cut end.
        case badRecording = "bad-recording"
        /// A recorded release left with other bytes than its parts give, or is not charged.
        case otherRelease = "other-release"
        /// The ledger charges a recorded release with other parameters than it was made with.
        case otherParameters = "other-parameters"
        /// Units were not clipped one by one.
        case unclipped
        /// The same noise was added to two sums.
        case reusedNoise = "reused-noise"
        /// Recorded noise has not the distribution that the ledger claims.
        case otherNoise = "other-noise"
        /// Sizes of samples are not those of the sampling that the ledger claims.
        case otherSamples = "other-samples"
        /// An attack refutes the epsilon of the ledger's releases.
        case refutedClaim = "refuted-claim"
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
            case .badRecording: 17
            case .otherRelease: 18
            case .otherParameters: 19
            case .notCheckable: 20
            case .unclipped: 21
            case .reusedNoise: 22
            case .otherNoise: 23
            case .otherSamples: 24
            case .refutedClaim: 25
            case .incompleteReceipts: 26
            }
        }
    }

    /// What kind of thing it is.
    package let kind: Kind
    /// The file or folder, from the audited folder on.
    package let place: String
    /// The number of the first bad entry, where it is one.
    package let entry: UInt64?
    /// The number of the first bad release of a recording, where it is one.
    package let release: UInt64?
    /// What it is, in words.
    package let message: String

    package init(
        _ kind: Kind, _ place: String, entry: UInt64? = nil, release: UInt64? = nil, _ message: String
    ) {
        self.kind = kind
        self.place = place
        self.entry = entry
        self.release = release
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

    /// The line of it for people, with its line feed.
    var line: String {
        "\(kind == .notCheckable ? "not checkable" : "fault"): \(place): \(message)\n"
    }

    var json: JSONValue {
        [
            "kind": JSONValue(kind.rawValue), "file": JSONValue(place),
            "entry": JSONValue(entry.map { Int($0) }), "release": JSONValue(release.map { Int($0) }),
            "message": JSONValue(message),
        ]
    }

    /// Sorts findings, the gravest first.
    static func sort(_ findings: inout [AuditFinding]) {
        let order = Kind.allCases
        func key(_ finding: AuditFinding) -> (Int, String, UInt64, UInt64) {
            (order.firstIndex(of: finding.kind) ?? 0, finding.place, finding.entry ?? 0, finding.release ?? 0)
        }
        findings.sort { key($0) < key($1) }
    }

    /// What findings, the gravest first, amount to.
    static func verdict(of findings: [AuditFinding]) -> String {
        guard let gravest = findings.first else { return "sound" }
        return gravest.kind == .notCheckable ? "not checkable" : "faulty"
    }
}
