/// Makes ZIP archives of stored members byte by byte, so that tests can break any field.
struct ZipBuilder {
    struct Member {
        var name: String
        var bytes: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        /// What the directory says of the bytes; nil says the truth.
        var checksum: UInt32?
        var byteCount: UInt32?
        var storedByteCount: UInt32?
        /// numpy writes ZIP64 placeholders and an extra field into local headers.
        var hasZip64LocalHeader = false
    }

    var members: [Member]
    var comment: [UInt8] = []
    var declaredMemberCount: UInt16?
    var declaredDirectoryOffset: UInt32?

    /// Returns a `.npy` file of version 1.0.
    static func array(_ dictionary: String, _ elements: [UInt8], version: [UInt8] = [1, 0]) -> [UInt8] {
        let text = Array(dictionary.utf8)
        let width = version[0] == 1 ? 2 : 4
        let length = (0..<width).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        return [0x93] + Array("NUMPY".utf8) + version + length + text + elements
    }

    /// Returns a `.npy` file of float64.
    static func array(_ values: [Double], shape: String, order: String = "False") -> [UInt8] {
        array(
            "{'descr': '<f8', 'fortran_order': \(order), 'shape': \(shape), }\n",
            values.flatMap { little($0.bitPattern) })
    }

    /// Returns the bytes of an integer, lowest first.
    static func little<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        (0..<(Integer.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> Integer($0 * 8)) }
    }

    var bytes: [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let name = Array(member.name.utf8)
            let offset = UInt32(archive.count)
            let sizes = [
                member.storedByteCount ?? UInt32(member.bytes.count),
                member.byteCount ?? UInt32(member.bytes.count),
            ]
            let checksum = member.checksum ?? Self.checksum(member.bytes)
            let shared =
                Self.little(UInt16(20)) + Self.little(member.flags) + Self.little(member.method)
                + Self.little(UInt32(0)) + Self.little(checksum)
            let localSizes = member.hasZip64LocalHeader ? [UInt32.max, UInt32.max] : sizes
            let extra: [UInt8] =
                member.hasZip64LocalHeader
                ? Self.little(UInt16(1)) + Self.little(UInt16(16)) + sizes.flatMap { Self.little(UInt64($0)) }
                : []
            archive += Self.little(UInt32(0x0403_4b50)) + shared + localSizes.flatMap { Self.little($0) }
            archive += Self.little(UInt16(name.count)) + Self.little(UInt16(extra.count)) + name + extra
            archive += member.bytes
            directory += Self.little(UInt32(0x0201_4b50)) + Self.little(UInt16(20)) + shared
            directory += sizes.flatMap { Self.little($0) } + Self.little(UInt16(name.count))
            directory += [UInt8](repeating: 0, count: 12) + Self.little(offset) + name
        }
        let offset = declaredDirectoryOffset ?? UInt32(archive.count)
        let count = declaredMemberCount ?? UInt16(members.count)
        archive += directory
        archive += Self.little(UInt32(0x0605_4b50)) + Self.little(UInt32(0)) + Self.little(count)
        archive += Self.little(count) + Self.little(UInt32(directory.count)) + Self.little(offset)
        return archive + Self.little(UInt16(comment.count)) + comment
    }

    /// CRC-32, bit by bit (ISO 3309), independent of zlib.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { state, byte in
            (0..<8).reduce(state ^ UInt32(byte)) { bits, _ in
                bits & 1 == 1 ? bits >> 1 ^ 0xEDB8_8320 : bits >> 1
            }
        }
    }
}
