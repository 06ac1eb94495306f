/// The rule for names in entries: 1 to 128 bytes of visible ASCII, so that two names that look alike are alike.
package enum LedgerName {
    /// Checks a name.
    ///
    /// - Throws: ``LedgerError`` `invalidValue`.
    package static func require(_ name: String) throws(LedgerError) {
        guard LedgerLimits.nameByteCount.contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw LedgerError(
                .invalidValue,
                "a name in a ledger has \(LedgerLimits.nameByteCount.lowerBound) to "
                    + "\(LedgerLimits.nameByteCount.upperBound) visible ASCII characters without spaces, got "
                    + name.prefix(80).debugDescription)
        }
    }
}
