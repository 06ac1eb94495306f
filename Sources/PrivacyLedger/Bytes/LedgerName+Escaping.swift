internal import Sodium

extension LedgerName {
    /// Returns a name that entries may hold: every byte that is no visible ASCII character, and `%` and `~`, as `%XX`.
    ///
    /// What would be too long is cut, and ends with `~` and a digest of the whole: no two names give the same text.
    ///
    /// - Parameter byteCountMaximum: Less than a name may have, where something follows.
    package static func escaped(
        _ name: String, byteCountMaximum: Int = LedgerLimits.nameByteCount.upperBound
    ) -> String {
        EscapedName.text(of: name, byteCountMaximum: byteCountMaximum) { (0x21...0x7E).contains($0) }
    }
}
