internal import CSodium

/// Independent keys from one master key: libsodium's `crypto_kdf`.
///
/// A derived key is BLAKE2b with the master key as key, the number (8 bytes, little-endian, then 8 zero
/// bytes) as salt and the label (8 bytes, then 8 zero bytes) as personalisation, over no input.
package enum KeyDerivation {
    /// The size of a master key in bytes.
    package static let masterKeyByteCount = 32

    /// Returns the key `number` of `label`.
    ///
    /// - Parameters:
    ///   - masterKey: 32 bytes.
    ///   - label: 8 ASCII characters that name the purpose.
    ///   - number: Tells keys of the same purpose apart.
    ///   - byteCount: 16 ... 64.
    /// - Throws: ``SodiumError/Code/invalidByteCount`` for a master key of another size.
    package static func deriveKey(
        from masterKey: borrowing SecretBytes, label: StaticString, number: UInt64 = 1, byteCount: Int = 32
    ) throws(SodiumError) -> SecretBytes {
        try SodiumError.require(masterKey.count, masterKeyByteCount, "a master key")
        let context = "\(label)".utf8.map { CChar(bitPattern: $0) }
        precondition(context.count == 8, "a key derivation label has 8 bytes, got \(context.count)")
        precondition((16...64).contains(byteCount), "a derived key has 16 ... 64 bytes, got \(byteCount)")
        return unsafe masterKey.withUnsafePointer { master in
            SecretBytes(count: byteCount) { span in
                unsafe span.withUnsafeMutableBufferPointer { buffer in
                    let code = unsafe crypto_kdf_derive_from_key(
                        buffer.address, byteCount, number, context, master)
                    Sodium.requireSuccess(code, "crypto_kdf_derive_from_key")
                }
            }
        }
    }
}
