internal import SecureChannel
internal import Sodium
internal import Testing

@Suite struct IdentityTests {
    /// Made with Python's hashlib and cryptography from the seed `00 01 02` and so on to `1f` by the documented derivation.
    static let line =
        "atoll1 YMBCoiXBw9u7cv7pYB9xyDuepk0tmiOYLqHbEE8fAE0 7596xB8C4zW1oGHl_kxxor0XfgI0DGgqApQG7jPsuQU site-a"

    @Test("a seed gives the documented keys, line and fingerprint")
    func derivation() throws {
        let identity = try Identity(seed: SecretBytes(copying: [UInt8](0..<32)))
        let publicIdentity = try identity.publicIdentity(name: "site-a")
        #expect(publicIdentity.line == Self.line)
        #expect(publicIdentity.fingerprint == "40ff d5ce 516f 50b1 37a2 a35f 1c4b 965b")
        #expect(try PublicIdentity(line: Self.line) == publicIdentity)
        let isSignature = Ed25519.isValid(
            identity.signingKey.signature(for: [1]), for: [1], publicKey: publicIdentity.signingKey)
        #expect(isSignature)
    }

    @Test("the name is not part of the fingerprint, either key is")
    func fingerprint() throws {
        let first = try PublicIdentity(line: Self.line)
        let renamed = try PublicIdentity(
            name: "b", channelKey: first.channelKey, signingKey: first.signingKey)
        #expect(renamed.fingerprint == first.fingerprint)
        let other = try PublicIdentity(
            name: "site-a", channelKey: first.channelKey, signingKey: first.signingKey.flipping(0))
        #expect(other.fingerprint != first.fingerprint)
    }

    @Test(
        "a line of any other form is refused",
        arguments: [
            "", "atoll1", line + " ", " " + line, line + "\n", line + "\r", line.replacing(" ", with: "  "),
            line.replacing(" ", with: "\t"), line.replacing("atoll1", with: "atoll2"),
            line.replacing("atoll1", with: "ATOLL1"), line.replacing("E0 ", with: "E "),
            line.replacing("E0 ", with: "E1 "), line.replacing("E0 ", with: "E0= "),
            line.replacing("_", with: "/"), line.replacing("site-a", with: ""),
            line.replacing("site-a", with: "site a"), line.replacing("site-a", with: ".site"),
            line.replacing("site-a", with: "siteä"), line + " extra", line + "\0",
        ])
    func malformedLines(_ line: String) {
        let code = refusal { _ = try PublicIdentity(line: line) }
        #expect(code == .invalidIdentity)
    }

    @Test("names keep to the rule at its bounds")
    func names() {
        let valid = ["a", "Z9", "a.b", "a_b-c", "-", "_", String(repeating: "x", count: 64)]
        let invalid = [
            "", ".", ".a", "..", "a/b", "a b", "a\n", "é", "a\0", "a:b", String(repeating: "x", count: 65),
            "e\u{301}",
        ]
        #expect(valid.allSatisfy(PublicIdentity.isValidName))
        #expect(!invalid.contains(where: PublicIdentity.isValidName))
    }

    @Test("keys of a wrong size are refused", arguments: [0, 31, 33])
    func keySizes(_ count: Int) {
        let (key, other) = ([UInt8](repeating: 1, count: count), [UInt8](repeating: 1, count: 32))
        let channel = refusal { _ = try PublicIdentity(name: "a", channelKey: key, signingKey: other) }
        let signing = refusal { _ = try PublicIdentity(name: "a", channelKey: other, signingKey: key) }
        #expect(channel == .invalidKey && signing == .invalidKey)
    }

    @Test("identities of different seeds share no key")
    func distinct() throws {
        let first = try identity(1).publicIdentity(name: "a")
        let second = try identity(2).publicIdentity(name: "a")
        let keys: Set = [first.channelKey, first.signingKey, second.channelKey, second.signingKey]
        #expect(keys.count == 4)
    }
}
