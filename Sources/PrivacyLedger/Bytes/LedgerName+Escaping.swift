internal import Sodium

extension LedgerName {
    /// Returns a name that entries may hold: every byte that is no visible ASCII character, and `%`, as `%XX`.
    ///
    /// What would be too long is cut, and ends with `~` and a digest of the whole: no two names give the same text.
    package static func escaped(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var text = ""
        for byte in name.utf8 {
            // `~` marks what was cut.
            if (0x21...0x7D).contains(byte), byte != 0x25 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
            }
        }
        guard text.utf8.count > LedgerLimits.nameByteCount.upperBound else { return text }
        let digest = Blake2b.hash(Array(name.utf8), length: Blake2b.digestByteCounts.lowerBound)
            .map { String(digits[Int($0 >> 4)]) + String(digits[Int($0 & 15)]) }.joined()
        return text.prefix(LedgerLimits.nameByteCount.upperBound - digest.utf8.count - 1) + "~" + digest
    }
}
