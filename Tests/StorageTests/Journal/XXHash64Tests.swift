internal import Testing

@testable internal import Storage

@Suite struct XXHash64Tests {
    /// From `XXH64` of libxxhash 0.8.1, of bytes (7 i + n) mod 256 for i below n.
    @Test(
        "the published implementation's values",
        arguments: [
            (0, 0x0, 0xEF46DB3751D8E999),
            (0, 0x9E3779B185EBCA87, 0x6EC6D05F61C7E7A7),
            (1, 0x0, 0x8A4127811B21E730),
            (1, 0x9E3779B185EBCA87, 0x2D2B285E9EF7FE02),
            (3, 0x0, 0x31D2363F52E564C9),
            (3, 0x9E3779B185EBCA87, 0x01E45CA3EC3EB0CC),
            (4, 0x0, 0xB4D516AF63F9C743),
            (4, 0x9E3779B185EBCA87, 0x364F303D06BABA71),
            (7, 0x0, 0x2163DF11C0CDF8CD),
            (7, 0x9E3779B185EBCA87, 0xD92EC46CF56BA304),
            (8, 0x0, 0xD5474D6CA50DEF58),
            (8, 0x9E3779B185EBCA87, 0xB7B12EA92380E217),
            (12, 0x0, 0xA4743D1733AF563B),
            (12, 0x9E3779B185EBCA87, 0xCD630E3313736E0C),
            (31, 0x0, 0xC025B4C3C4880C7A),
            (31, 0x9E3779B185EBCA87, 0x1B6A4E817CB33614),
            (32, 0x0, 0x178AE25CEE6F7994),
            (32, 0x9E3779B185EBCA87, 0x5D53D510CE164401),
            (33, 0x0, 0x4072A28263E977EF),
            (33, 0x9E3779B185EBCA87, 0x8D5D0E6C5FAFC0DC),
            (63, 0x0, 0x47948108B5FF3162),
            (63, 0x9E3779B185EBCA87, 0xF0B64DE85FF90568),
            (64, 0x0, 0xCF35552F599BA94D),
            (64, 0x9E3779B185EBCA87, 0xB74453FD05DD8DAA),
            (101, 0x0, 0x3A46D082C6F5E8C3),
            (101, 0x9E3779B185EBCA87, 0xB15FD11DE13600CA),
        ] as [(Int, UInt64, UInt64)])
    func published(count: Int, seed: UInt64, expected: UInt64) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + count) }
        #expect(bytes.withUnsafeBytes { XXHash64.hash($0, seed: seed) } == expected)
    }
}
