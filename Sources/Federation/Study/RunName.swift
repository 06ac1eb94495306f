/// The name of one run of a study in privacy ledgers and receipts.
package enum RunName {
    /// Bytes of the study's name that are kept: with a slash and the instance's digits no more than a ledger's names
    /// may have.
    private static let studyByteCount = 128 - 1 - 2 * InstanceIdentifier.byteCount
    private static let digits = Array("0123456789abcdef".utf8)

    /// Returns the study's name, a slash, and the aggregator's instance identifier as 32 hexadecimal digits.
    ///
    /// Of the study's name bytes that are no visible ASCII characters, and the percent sign, are written as a percent
    /// sign and two hexadecimal digits, and a long one is cut; the instance alone tells runs apart.
    package static func of(study: String, instance: InstanceIdentifier) -> String {
        var bytes: [UInt8] = []
        for byte in study.utf8 {
            let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "%")
            let written = isPlain ? [byte] : [UInt8(ascii: "%")] + hexadecimal(byte)
            guard bytes.count + written.count <= studyByteCount else { break }
            bytes += written
        }
        bytes.append(UInt8(ascii: "/"))
        bytes += instance.bytes.flatMap(hexadecimal)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
