/// Names as parts of file names.
package enum FileNameText {
    /// Returns `name` with every byte that is not a letter, digit, `-`, `_` or `.` written as `%XX`.
    package static func escaped(_ name: String) -> String {
        name.utf8.map { byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == 45 || byte == 95 || byte == 46
            let hexadecimal = String(byte, radix: 16, uppercase: true)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + (hexadecimal.count < 2 ? "0" : "") + hexadecimal
        }.joined()
    }
}
