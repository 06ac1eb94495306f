internal import Sodium
internal import Testing

@Suite struct AuthenticatedEncryptionTests {
    static let key = [UInt8](0x80...0x9f)
    static let nonce = hex("070000004041424344454647")
    static let associatedData = hex("50515253c0c1c2c3c4c5c6c7")
    static let plaintext = Array(
        ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
            + "the future, sunscreen would be it.").utf8)

    @Test("ChaCha20-Poly1305 gives the published ciphertext (RFC 8439, section 2.8.2)")
    func published() throws {
        let sealed = try Self.seal(Self.plaintext)
        #expect(
            hex(sealed)
                == "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                + "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691")
        #expect(try Self.open(sealed) == Self.plaintext)
    }

    @Test("every plaintext comes back", arguments: [0, 1, 15, 16, 17, 63, 64, 65, 65_519])
    func roundTrip(_ count: Int) throws {
        let plaintext = [UInt8](repeating: 0x5c, count: count)
        let sealed = try Self.seal(plaintext)
        #expect(sealed.count == count + ChaCha20Poly1305.tagByteCount)
        #expect(try Self.open(sealed) == plaintext)
    }

    @Test("a change of any bit of ciphertext, nonce or associated data is refused")
    func changes() throws {
        let sealed = try Self.seal([1, 2, 3])
        for bit in 0..<sealed.count * 8 {
            Self.expectRefusal(sealed.flipping(bit), Self.nonce, Self.associatedData)
        }
        for bit in 0..<Self.nonce.count * 8 {
            Self.expectRefusal(sealed, Self.nonce.flipping(bit), Self.associatedData)
        }
        for bit in 0..<Self.associatedData.count * 8 {
            Self.expectRefusal(sealed, Self.nonce, Self.associatedData.flipping(bit))
        }
        for count in 0..<sealed.count {
            Self.expectRefusal(Array(sealed.prefix(count)), Self.nonce, Self.associatedData)
        }
    }

    @Test("keys and nonces of a wrong size are refused")
    func sizes() {
        #expect(throws: SodiumError(.invalidByteCount, "")) {
            _ = try ChaCha20Poly1305.seal(
                [], key: SecretBytes(copying: [1]), nonce: Self.nonce, associatedData: [])
        }
        #expect(throws: SodiumError(.invalidByteCount, "")) {
            _ = try ChaCha20Poly1305.open(
                [UInt8](repeating: 0, count: 16), key: SecretBytes(copying: Self.key), nonce: [0],
                associatedData: [])
        }
    }

    @Test("base64url is canonical: another text of the same bytes is refused")
    func base64URL() throws {
        let bytes = [UInt8](0..<32)
        let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
        #expect(Base64URL.encode(bytes) == text)
        #expect(try Base64URL.decode(text, byteCount: 32) == bytes)
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8")
        let wrong = [
            "", text + "=", text + "A", String(text.dropLast()), String(text.dropLast()) + "9",
            String(text.dropLast()) + "+", " " + text.dropFirst(), String(text.dropLast()) + "\n",
        ]
        for text in wrong {
            #expect(throws: SodiumError(.invalidEncoding, ""), "\(text)") {
                _ = try Base64URL.decode(text, byteCount: 32)
            }
        }
    }

    private static func seal(_ plaintext: [UInt8]) throws -> [UInt8] {
        try ChaCha20Poly1305.seal(
            plaintext, key: SecretBytes(copying: key), nonce: nonce, associatedData: associatedData)
    }

    private static func open(_ ciphertext: [UInt8]) throws -> [UInt8] {
        try ChaCha20Poly1305.open(
            ciphertext, key: SecretBytes(copying: key), nonce: nonce, associatedData: associatedData)
    }

    private static func expectRefusal(_ ciphertext: [UInt8], _ nonce: [UInt8], _ associatedData: [UInt8]) {
        #expect(throws: SodiumError(.authenticationFailed, "")) {
            _ = try ChaCha20Poly1305.open(
                ciphertext, key: SecretBytes(copying: key), nonce: nonce, associatedData: associatedData)
        }
    }
}
