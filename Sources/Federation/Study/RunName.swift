internal import PrivacyLedger
internal import Sodium

/// The name of one run of a study in privacy ledgers and receipts.
package enum RunName {
    /// Returns the study's name, a slash, and the aggregator's instance identifier as 32 hexadecimal digits, within what
    /// a ledger's names may have.
    ///
    /// The study's name is escaped, and shortened where it is long; the instance alone tells runs apart.
    package static func of(study: String, instance: InstanceIdentifier) -> String {
        let end = "/" + Hexadecimal.encode(instance.bytes)
        return LedgerName.escaped(
            study, byteCountMaximum: LedgerLimits.nameByteCount.upperBound - end.utf8.count) + end
    }
}
