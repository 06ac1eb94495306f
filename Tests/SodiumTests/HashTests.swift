internal import SeededRandom
internal import Sodium
internal import Testing

/// Expected values: Python 3.11, `hashlib.blake2b` and `hmac`, which share no code with libsodium.
@Suite struct HashTests {
    static let sequence = [UInt8](0...255) + [UInt8](0...255)

    static let digests: [(input: [UInt8], digest: String)] = [
        ([], "cae66941d9efbd404e4d88758ea67670"),
        ([], "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
        (
            [],
            "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
                + "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce"
        ),
        (Array("abc".utf8), "cf4ab791c62b8d2b2109c90275287816"),
        (
            // RFC 7693, appendix A.
            Array("abc".utf8),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
        ),
        (sequence, "43d6c8c9d71d2bf482bc9fdcb35a5496"),
        (sequence, "540b20132d8aeae54057cb69c24f95d26a1c472cc700dd450defe9bb796d4f14"),
        (
            sequence,
            "c59ab1095ca4579525338b6b74689ff234bc3fe9765fe26dfb04ddceaee0ab84"
                + "dfd8967594cb261fcd88687f4454d80f718116c1b3c32f9f7e169357468cbe67"
        ),
    ]

    @Test("BLAKE2b gives the published digests, whole and in parts", arguments: digests)
    func blake2b(_ vector: (input: [UInt8], digest: String)) {
        let length = vector.digest.count / 2
        #expect(hex(Blake2b.hash(vector.input, length: length)) == vector.digest)
        var generator = SeededGenerator(seed: 7)
        var hasher = Blake2b(length: length)
        var rest = vector.input[...]
        while !rest.isEmpty {
            let count = min(rest.count, generator.integer(below: 200))
            hasher.update(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        let digest = hasher.finalize()
        #expect(hex(digest) == vector.digest)
    }

    @Test("a digest of 15 or 65 bytes ends the process, 16 and 64 do not")
    func digestSizes() async {
        #expect(Blake2b.hash([], length: 16).count == 16)
        #expect(Blake2b.hash([], length: 64).count == 64)
        await #expect(processExitsWith: .failure) { _ = Blake2b.hash([], length: 15) }
        await #expect(processExitsWith: .failure) { _ = Blake2b.hash([], length: 65) }
    }

    @Test(
        "HMAC-BLAKE2b gives what another implementation gives",
        arguments: [
            (
                [UInt8](0..<64), sequence,
                "cd981f84ca45d3259b0948942824dc58a0c32b781c3ac634ee48a1e0e754d3fd"
                    + "e14a20a0d7dde3705250541489d91295ea88d8f64ed8ea9c26d37393c8e7adda"
            ),
            (
                Array(String(repeating: "key", count: 42).utf8) + Array("xx".utf8), Array("abc".utf8),
                "efc21e9d49bac4549b18a1bbffbc74dc4aa9cc418ea68a9e9df7cecbc25aea5c"
                    + "9f71071a11dd61bb1860c5bb138b599fc10bad906821c2a358f0a03201eef6a1"
            ),
            (
                [], [],
                "198cd2006f66ff83fbbd913f78aca2251caf4f19fe9475aade8cf2091b99a684"
                    + "66775177424f58286886cbae8229644cec747237d4b721735485e17372fdf59c"
            ),
        ] as [([UInt8], [UInt8], String)])
    func hmac(_ key: [UInt8], _ input: [UInt8], _ expected: String) {
        let code = HMACBlake2b.authenticate(key: SecretBytes(copying: key), input.span)
        let bytes = code.bytes()
        #expect(hex(bytes) == expected)
        let inParts = HMACBlake2b.authenticate(
            key: SecretBytes(copying: key), Array(input.prefix(2)).span, Array(input.dropFirst(2)).span)
        let isEqual = inParts.isEqual(to: code)
        #expect(isEqual)
    }

    @Test("an HMAC key longer than a block ends the process")
    func hmacKeyLimit() async {
        await #expect(processExitsWith: .failure) {
            let key = SecretBytes(copying: [UInt8](repeating: 0, count: 129))
            let input: [UInt8] = []
            _ = HMACBlake2b.authenticate(key: key, input.span)
        }
    }

    @Test("Poly1305 gives the tag of RFC 8439, section 2.5.2")
    func poly1305() {
        let key: [UInt8] = [
            0x85, 0xD6, 0xBE, 0x78, 0x57, 0x55, 0x6D, 0x33, 0x7F, 0x44, 0x52, 0xFE, 0x42, 0xD5, 0x06, 0xA8,
            0x01,
            0x03, 0x80, 0x8A, 0xFB, 0x0D, 0xB2, 0xFD, 0x4A, 0xBF, 0xF6, 0xAF, 0x41, 0x49, 0xF5, 0x1B,
        ]
        let tag = Poly1305.tag(of: [UInt8]("Cryptographic Forum Research Group".utf8), key: key)
        #expect(hex(tag) == "a8061dc1305136c6c22b8baf0c0127a9")
    }

    @Test("HKDF gives what another implementation gives, with 2 and 3 outputs")
    func hkdf() {
        let chainingKey = SecretBytes(copying: [UInt8](0..<64))
        let two = HKDFBlake2b.derive(
            chainingKey: chainingKey, inputKeyMaterial: SecretBytes(copying: [UInt8](0..<32)), outputCount: 2
        ).bytes()
        #expect(
            hex(two)
                == "b257cf2863e7aa7f84d41d31e58df6dfb1e0a6cf3172192cc35eba2625a21975"
                + "db4475b2ef89316383acac6b2ac7cf03f7583e0ff20a64fb208fa5b1199f835f"
                + "4f4d712feaff914e80db4d0d400a46056854134b5001018c4f1fe19bb477053c"
                + "5a9b92f8c937b1328c0ae7e51895b8d68068bc84d59436cc3b75de5a2d6d0630")
        let three = HKDFBlake2b.derive(
            chainingKey: chainingKey, inputKeyMaterial: SecretBytes(count: 0) { _ in }, outputCount: 3
        ).bytes()
        #expect(
            hex(three)
                == "03be0946afb62e33dcc2e8cb76dfad47663d284d81c0bde963f32a283dede221"
                + "be2b9e3a86fa82934234d2a6ed331fb664a3e670252b9454da9ed2567b435e11"
                + "8481b385940ea1ddc1e37243d34e6a00d9e35fe86844b75be2f9d084efcbf4a9"
                + "d18c764645baf5262707efcb490c9ddfcc81c78ff75e1e727428f05b9fee857f"
                + "acdbd8e7a251555a14055d23f4f43995042fdfc8178635fd72bac03932f52c54"
                + "f608730b82d65ece0ebd610ca58943edaa3a9928715cdfcd309c4e5749e03f26")
    }

    @Test("derived keys are BLAKE2b with key, salt and personalisation, as documented")
    func keyDerivation() throws {
        let master = SecretBytes(copying: [UInt8](0..<32))
        let first = try KeyDerivation.deriveKey(from: master, label: "atollchn").bytes()
        #expect(hex(first) == "c252261b03d92ce720316fe056702168f59be0305c90f281da77dbc7f002a590")
        let other = try KeyDerivation.deriveKey(from: master, label: "atollsgn").bytes()
        #expect(hex(other) == "a807f6f0fecf819bcfde5c80d0cb9725a4d3dc373a8fed28f0f0c27c6e0cfcd9")
        let long = try KeyDerivation.deriveKey(from: master, label: "atollchn", number: 2, byteCount: 64)
            .bytes()
        #expect(
            hex(long)
                == "abce3161e59f8df0c3610a056f51715be2b6452940f74db771031bc642f2cefe"
                + "a75f8eb8c3e44c24ecfbe97dbb83275a207f26097293ef1e081743f848973d49")
        #expect(throws: SodiumError(.invalidByteCount, "")) {
            _ = try KeyDerivation.deriveKey(from: SecretBytes(copying: [1]), label: "atollchn")
        }
    }
}
