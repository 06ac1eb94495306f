internal import Datasets
internal import TestSupport
internal import Testing

@Suite("Arrays of bytes in the format IDX")
struct IDXArrayTests {
    /// Two images of 1 x 3.
    private static let plain: [UInt8] = [
        0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 250, 251, 252,
    ]
    /// The same, as `gzip --no-name` makes it.
    private static let compressed: [UInt8] = Self.member(flags: 0, extra: [])

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A member with a stored block of deflate.
    private static func member(
        flags: UInt8, extra: [UInt8], checksum: UInt32? = nil, size: UInt32? = nil
    ) -> [UInt8] {
        let count = UInt16(plain.count)
        let lengths: [UInt16] = [count, ~count]
        var member: [UInt8] = [0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3]
        member += extra
        member.append(1)
        for length in lengths { member += [UInt8(length & 0xFF), UInt8(length >> 8)] }
        member += plain
        member += bytes(checksum ?? crc32(plain))
        member += bytes(size ?? UInt32(plain.count))
        return member
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    /// Bit by bit (RFC 1952, section 8).
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }

    private func read(_ bytes: [UInt8]) throws -> IDXArray {
        try IDXArray(path: folder.write(bytes, to: "array"))
    }

    private func code(_ bytes: [UInt8]) throws -> DatasetsError.Code? {
        let error = #expect(throws: DatasetsError.self) { try read(bytes) }
        return error?.code
    }

    @Test(
        "plain, compressed, and with every optional field of gzip's header",
        arguments: [
            plain, compressed, member(flags: 0x08, extra: Array("name".utf8) + [0]),
            member(flags: 0x1E, extra: [2, 0, 7, 7] + [0x61, 0] + [0x62, 0x63, 0] + [9, 9]),
        ])
    func read(bytes: [UInt8]) throws {
        let array = try read(bytes)
        #expect(array.shape == [2, 1, 3])
        #expect(array.bytes == [1, 2, 3, 250, 251, 252])
    }

    @Test("every truncation of either form is refused")
    func truncated() throws {
        for whole in [Self.plain, Self.compressed] {
            for count in 0..<whole.count {
                #expect(throws: DatasetsError.self, "\(count) bytes") { try read(Array(whole.prefix(count))) }
            }
        }
    }

    @Test("what does not fit is refused by kind")
    func unsuitable() throws {
        #expect(try code(Self.plain + [0]) == .malformedArray)
        var other = Self.plain
        other[2] = 0x0D
        #expect(try code(other) == .unsuitableArray)
        var huge = Self.plain
        for place in 4..<12 { huge[place] = 0xFF }
        #expect(try code(huge) == .tooLarge)
        #expect(try code(Self.member(flags: 0, extra: [], checksum: 1)) == .malformedArchive)
        #expect(try code(Self.member(flags: 0, extra: [], size: 21)) == .malformedArchive)
        #expect(try code(Self.member(flags: 0, extra: [], size: 23)) == .malformedArchive)
        #expect(try code(Self.member(flags: 0, extra: [], size: .max)) == .malformedArchive)
        #expect(try code(Self.compressed + Self.compressed) == .malformedArchive)
        #expect(throws: DatasetsError.self) { try IDXArray(path: folder.file("absent")) }
    }
}
