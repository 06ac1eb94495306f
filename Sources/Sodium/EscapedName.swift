/// Names where only some bytes may stand, and only so many: in file names, ledgers and names of runs.
package enum EscapedName {
    /// Bytes of the digest that ends a shortened name: two names with the same are not to be found.
    private static let digestByteCount = 16

    /// Returns `name` with every byte that may not stand, and every `~` and `%`, written as `%XX`.
    ///
    /// What would be longer than the bound is cut, and ends with `~` and a digest of the whole name. No other name
    /// gives the same text: `~` itself is escaped.
    ///
    /// - Parameter byteCountMaximum: At least 33, `~` and the digest.
    package static func text(
        of name: String, byteCountMaximum: Int, isPlain: (UInt8) -> Bool
    ) -> String {
        let text = name.utf8.map { byte in
            isPlain(byte) && byte != UInt8(ascii: "%") && byte != UInt8(ascii: "~")
                ? String(UnicodeScalar(byte)) : "%" + Hexadecimal.encode([byte]).uppercased()
        }.joined()
        guard text.utf8.count > byteCountMaximum else { return text }
        let digest = Hexadecimal.encode(Blake2b.hash(Array(name.utf8), length: digestByteCount))
        return text.prefix(byteCountMaximum - 1 - digest.utf8.count) + "~" + digest
    }

    /// The longest text that ``ofFile(_:)`` returns.
    ///
    /// A file's name may have 255 bytes; this leaves 55 for what stands before and after, and for the temporary name
    /// under which a file is written.
    package static let fileByteCountMaximum = 200

    /// Returns `name` as part of a file's name: letters, digits, `-`, `_` and `.`, and all else escaped.
    package static func ofFile(_ name: String) -> String {
        text(of: name, byteCountMaximum: fileByteCountMaximum) { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: "-_.".utf8.contains(byte)
            }
        }
    }
}
