internal import Sodium

/// Names as parts of file names.
package enum FileNameText {
    /// The longest text that ``escaped(_:)`` returns.
    ///
    /// A file's name may have 255 bytes; this leaves 55 for what stands before and after, and for the temporary name
    /// under which a file is written.
    package static let byteCountMaximum = 200
    /// Bytes of the digest that ends a shortened name: two names with the same are not to be found.
    private static let digestByteCount = 16

    /// Returns `name` with every byte that is not a letter, digit, `-`, `_` or `.` written as `%XX`.
    ///
    /// What would be longer than ``byteCountMaximum`` is cut, and ends with `~` and a digest of the whole name. No
    /// other name gives the same text: `~` itself is escaped.
    package static func escaped(_ name: String) -> String {
        let text = name.utf8.map { byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == 45 || byte == 95 || byte == 46
            return isPlain ? String(UnicodeScalar(byte)) : "%" + hexadecimal([byte]).uppercased()
        }.joined()
        guard text.utf8.count > byteCountMaximum else { return text }
        let digest = hexadecimal(Blake2b.hash(Array(name.utf8), length: digestByteCount))
        return text.prefix(byteCountMaximum - 1 - digest.utf8.count) + "~" + digest
    }

    /// Returns two hexadecimal digits, in lower case, for each byte.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
