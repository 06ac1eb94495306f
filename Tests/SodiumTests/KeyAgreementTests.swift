internal import Sodium
internal import Testing

@Suite struct KeyAgreementTests {
    /// The points of low order, and their unreduced forms (libsodium's own list).
    static let lowOrderPoints = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]

    @Test("X25519 gives the published result (RFC 7748, section 5.2)")
    func published() throws {
        let key = hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
        let pair = try X25519.KeyPair(privateKey: SecretBytes(copying: key))
        let point = hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
        let shared = try pair.sharedSecret(with: point).bytes()
        #expect(hex(shared) == "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")
    }

    @Test("both ends agree, and a copy of a pair agrees with it")
    func agreement() throws {
        let first = try X25519.KeyPair.generate()
        let second = try X25519.KeyPair.generate()
        let shared = try first.sharedSecret(with: second.publicKey)
        let isEqual = try shared.isEqual(to: second.copy().sharedSecret(with: first.publicKey))
        #expect(isEqual)
        let publicKeysDiffer = first.publicKey != second.publicKey
        #expect(publicKeysDiffer)
    }

    @Test("a point of low order is refused", arguments: lowOrderPoints)
    func lowOrder(_ point: String) {
        #expect(throws: SodiumError(.lowOrderPoint, "")) {
            _ = try X25519.KeyPair.generate().sharedSecret(with: hex(point))
        }
    }

    @Test("keys of a wrong size are refused", arguments: [0, 31, 33])
    func sizes(_ count: Int) {
        let key = [UInt8](repeating: 9, count: count)
        #expect(throws: SodiumError(.invalidByteCount, "")) {
            _ = try X25519.KeyPair(privateKey: SecretBytes(copying: key))
        }
        #expect(throws: SodiumError(.invalidByteCount, "")) {
            _ = try X25519.KeyPair.generate().sharedSecret(with: key)
        }
        #expect(throws: SodiumError(.invalidByteCount, "")) {
            _ = try Ed25519.SigningKey(seed: SecretBytes(copying: key))
        }
    }
}
