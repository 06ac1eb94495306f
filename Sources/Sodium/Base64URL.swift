internal import CSodium

/// Unpadded base64url (RFC 4648, section 5), by libsodium, whose time does not depend on the bytes.
package enum Base64URL {
    /// Returns how many characters `byteCount` bytes take.
    package static func characterCount(ofByteCount byteCount: Int) -> Int {
        (byteCount * 4 + 2) / 3
    }

    /// Returns the text of `bytes`.
    package static func encode(_ bytes: [UInt8]) -> String {
        encoded(bytes.span).withBytes { characters in
            var text = ""
            for index in characters.indices { text.unicodeScalars.append(Unicode.Scalar(characters[index])) }
            return text
        }
    }

    /// Returns the ASCII characters of a secret's text.
    package static func encode(_ secret: borrowing SecretBytes) -> SecretBytes {
        secret.withBytes { encoded($0) }
    }

    /// Returns the bytes of `text`.
    ///
    /// - Throws: ``SodiumError/Code/invalidEncoding`` unless `text` is the one canonical form of exactly
    ///   `byteCount` bytes.
    package static func decode(_ text: some StringProtocol, byteCount: Int) throws(SodiumError) -> [UInt8] {
        let characters = Array(text.utf8)
        return try decoded(characters.span, byteCount: byteCount).withBytes { bytes in
            bytes.indices.map { bytes[$0] }
        }
    }

    /// Returns the secret whose text is the characters of `text` in `range`.
    ///
    /// - Throws: ``SodiumError/Code/invalidEncoding`` unless they are the one canonical form of exactly
    ///   `byteCount` bytes.
    package static func decode(
        _ text: borrowing SecretBytes, range: Range<Int>, byteCount: Int
    ) throws(SodiumError) -> SecretBytes {
        let part = text.copy(range)
        return try part.withBytes { (bytes) throws(SodiumError) in try decoded(bytes, byteCount: byteCount) }
    }

    private static let variant = Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING)

    private static func encoded(_ bytes: Span<UInt8>) -> SecretBytes {
        // libsodium writes a terminating zero after the text.
        let capacity = characterCount(ofByteCount: bytes.count) + 1
        let text = SecretBytes(count: capacity, lifetime: .transient) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer in
                unsafe bytes.withUnsafeBufferPointer { source in
                    unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                        _ = unsafe sodium_bin2base64(
                            characters.address, capacity, source.baseAddress, source.count, variant)
                    }
                }
            }
        }
        return text.copy(0..<capacity - 1)
    }

    private static func decoded(_ text: Span<UInt8>, byteCount: Int) throws(SodiumError) -> SecretBytes {
        var code: Int32 = -1
        var decodedByteCount = 0
        let bytes = SecretBytes(count: byteCount) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer in
                unsafe text.withUnsafeBufferPointer { source in
                    unsafe source.withMemoryRebound(to: CChar.self) { characters in
                        code = unsafe sodium_base642bin(
                            buffer.address, byteCount, characters.baseAddress, characters.count, nil,
                            &decodedByteCount, nil, variant)
                    }
                }
            }
        }
        guard code == 0, decodedByteCount == byteCount else {
            throw SodiumError(
                .invalidEncoding,
                "expected \(byteCount) bytes as \(characterCount(ofByteCount: byteCount)) characters of unpadded "
                    + "base64url, got \(text.count) characters that are not such a text")
        }
        return bytes
    }
}
