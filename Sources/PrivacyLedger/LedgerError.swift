/// A refusal or finding of a ledger; two errors are equal when their codes are.
package struct LedgerError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    package enum Code: String, Sendable, CaseIterable {
        /// A value that no entry may hold.
        case invalidValue
        /// Bytes that are no canonical form of an entry.
        case malformed
        /// Bytes at the end that are no whole record.
        case tornTail
        /// A record whose hash, predecessor or number is not what it must be.
        case brokenChain
        /// A record that the named key did not sign.
        case badSignature
        /// A counter-signed head that the ledger does not contain: it was rolled back, cut or forked.
        case headMissing
        /// An entry that the rules of the ledger or the policy before it do not allow.
        case forbiddenEntry
        /// An append failed before; what is on the disk is not known.
        case failed
    }

    /// What is wrong, for programs.
    package let code: Code
    /// What is wrong, for people.
    package let message: String
    /// The number of the first bad entry, where it is one.
    package let entry: UInt64?

    package init(_ code: Code, _ message: String, entry: UInt64? = nil) {
        self.code = code
        self.message = message
        self.entry = entry
    }

    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }

    /// Whether two errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
