internal import Sodium
internal import Testing

@Suite struct SignatureTests {
    @Test(
        "Ed25519 gives the published keys and signatures (RFC 8032, section 7.1)",
        arguments: [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                    + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ])
    func published(_ seed: String, _ publicKey: String, _ message: String, _ signature: String) throws {
        let key = try Ed25519.SigningKey(seed: SecretBytes(copying: hex(seed)))
        let actualPublicKey = key.publicKey
        #expect(hex(actualPublicKey) == publicKey)
        let actual = key.signature(for: hex(message))
        #expect(hex(actual) == signature)
        let actualOfCopy = key.copy().signature(for: hex(message))
        #expect(actualOfCopy == actual)
        #expect(Ed25519.isValid(actual, for: hex(message), publicKey: hex(publicKey)))
    }

    @Test("a change of any bit of message, signature or key is refused")
    func changes() throws {
        let key = try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](0..<32)))
        let message: [UInt8] = [1, 2, 3]
        let signature = key.signature(for: message)
        let publicKey = key.publicKey
        for bit in 0..<message.count * 8 {
            #expect(!Ed25519.isValid(signature, for: message.flipping(bit), publicKey: publicKey))
        }
        for bit in 0..<signature.count * 8 {
            #expect(!Ed25519.isValid(signature.flipping(bit), for: message, publicKey: publicKey), "\(bit)")
        }
        for bit in 0..<publicKey.count * 8 {
            #expect(!Ed25519.isValid(signature, for: message, publicKey: publicKey.flipping(bit)), "\(bit)")
        }
        #expect(!Ed25519.isValid(signature + [0], for: message, publicKey: publicKey))
        #expect(!Ed25519.isValid([], for: message, publicKey: publicKey))
        #expect(!Ed25519.isValid(signature, for: message, publicKey: []))
    }
}

extension [UInt8] {
    /// The bytes with one bit changed.
    func flipping(_ bit: Int) -> [UInt8] {
        var changed = self
        changed[bit / 8] ^= 1 << (bit % 8)
        return changed
    }
}
