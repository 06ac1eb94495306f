/// The directory of a ZIP archive (PKWARE APPNOTE 6.3.10) as numpy writes `.npz` files.
///
/// Sizes come from the central directory: numpy's local headers hold ZIP64 placeholders even for small
/// members. Archives that need ZIP64 themselves (4 GiB or 65,535 members) are refused.
struct ZipArchive {
    /// One file in the archive.
    struct Member: Equatable {
        /// The name, with its folder.
        let name: String
        /// Whether the bytes are deflated; else they are stored as they are.
        let isDeflated: Bool
        /// The CRC-32 of the inflated bytes.
        let checksum: UInt32
        /// The bytes in the archive.
        let storedByteCount: Int
        /// The bytes after inflating.
        let byteCount: Int
        /// Where the bytes begin in the archive.
        let offset: Int
    }

    private static let endRecordByteCount = 22
    private static let directoryEntryByteCount = 46
    private static let localHeaderByteCount = 30

    /// The members, in the order of the directory.
    let members: [Member]

    /// Reads the directory.
    ///
    /// - Throws: ``DatasetsError``: `malformedArchive`, `tooLarge`, `unreadable`.
    init(file: InputFile) throws {
        func malformed(_ fault: String) -> DatasetsError {
            DatasetsError(.malformedArchive, "\(file.path): \(fault)")
        }
        let tail = try Self.bytes(
            of: file, at: max(0, file.byteCount - Self.endRecordByteCount - 65_535),
            count: min(file.byteCount, Self.endRecordByteCount + 65_535))
        guard let end = Self.endRecord(in: tail) else {
            throw malformed("no ZIP directory; is this an .npz file, and whole?")
        }
        let count = Self.integer(tail, end + 10, 2)
        let directoryByteCount = Self.integer(tail, end + 12, 4)
        let directoryOffset = Self.integer(tail, end + 16, 4)
        guard count != 0xFFFF, directoryByteCount != 0xFFFF_FFFF, directoryOffset != 0xFFFF_FFFF else {
            throw malformed("a ZIP64 archive; save arrays of less than 4 GiB")
        }
        guard Self.integer(tail, end + 4, 4) == 0, Self.integer(tail, end + 8, 2) == count else {
            throw malformed("an archive in several parts")
        }
        guard count <= DatasetsLimits.archiveMemberCount,
            directoryByteCount <= DatasetsLimits.archiveDirectoryByteCount
        else {
            throw DatasetsError(
                .tooLarge,
                "\(file.path): \(count) members in a directory of \(directoryByteCount) bytes; at most "
                    + "\(DatasetsLimits.archiveMemberCount) in \(DatasetsLimits.archiveDirectoryByteCount)")
        }
        guard directoryOffset + directoryByteCount <= file.byteCount else {
            throw malformed("the ZIP directory lies outside the file")
        }
        let directory = try Self.bytes(of: file, at: directoryOffset, count: directoryByteCount)
        var members: [Member] = []
        var index = 0
        for _ in 0..<count {
            guard index + Self.directoryEntryByteCount <= directory.count,
                Self.integer(directory, index, 4) == 0x0201_4b50
            else { throw malformed("the ZIP directory is damaged at its entry \(members.count + 1)") }
            let nameByteCount = Self.integer(directory, index + 28, 2)
            let next =
                index + Self.directoryEntryByteCount + nameByteCount
                + Self.integer(directory, index + 30, 2) + Self.integer(directory, index + 32, 2)
            guard next <= directory.count else {
                throw malformed("the ZIP directory is damaged at its entry \(members.count + 1)")
            }
            let nameStart = index + Self.directoryEntryByteCount
            members.append(
                try Self.member(
                    in: file, entry: directory[index..<nameStart],
                    name: directory[nameStart..<(nameStart + nameByteCount)]))
            index = next
        }
        self.members = members
    }

    private static func member(
        in file: InputFile, entry: ArraySlice<UInt8>, name: ArraySlice<UInt8>
    ) throws -> Member {
        let entry = Array(entry)
        let place = "\(file.path), member \(MessageText.quoted(name))"
        func malformed(_ fault: String) -> DatasetsError {
            DatasetsError(.malformedArchive, "\(place): \(fault)")
        }
        let method = integer(entry, 10, 2)
        let storedByteCount = integer(entry, 20, 4)
        let byteCount = integer(entry, 24, 4)
        let headerOffset = integer(entry, 42, 4)
        guard integer(entry, 8, 2) & 1 == 0 else { throw malformed("encrypted") }
        guard method == 0 || method == 8 else {
            throw malformed("compression method \(method); only stored and deflated members are read")
        }
        guard ![storedByteCount, byteCount, headerOffset].contains(0xFFFF_FFFF) else {
            throw malformed("a ZIP64 member; save arrays of less than 4 GiB")
        }
        guard headerOffset + localHeaderByteCount <= file.byteCount else {
            throw malformed("lies outside the file")
        }
        let header = try bytes(of: file, at: headerOffset, count: localHeaderByteCount)
        guard integer(header, 0, 4) == 0x0403_4b50 else { throw malformed("its local header is damaged") }
        let offset = headerOffset + localHeaderByteCount + integer(header, 26, 2) + integer(header, 28, 2)
        guard offset + storedByteCount <= file.byteCount else { throw malformed("lies outside the file") }
        if method == 0 {
            guard storedByteCount == byteCount else { throw malformed("stored, but of two sizes") }
        } else {
            guard byteCount <= storedByteCount * DatasetsLimits.inflationRatio else {
                throw malformed(
                    "declares \(byteCount) bytes from \(storedByteCount) deflated ones, more than possible")
            }
        }
        return Member(
            name: String(decoding: name, as: UTF8.self), isDeflated: method == 8,
            checksum: UInt32(integer(entry, 16, 4)), storedByteCount: storedByteCount,
            byteCount: byteCount, offset: offset)
    }

    /// Returns where the end record begins: the last place whose comment reaches exactly to the end.
    private static func endRecord(in tail: [UInt8]) -> Int? {
        var index = tail.count - endRecordByteCount
        while index >= 0 {
            if integer(tail, index, 4) == 0x0605_4b50,
                index + endRecordByteCount + integer(tail, index + 20, 2) == tail.count
            {
                return index
            }
            index -= 1
        }
        return nil
    }

    private static func bytes(of file: InputFile, at offset: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard try file.read(into: &bytes, from: 0, upTo: count, at: offset) == count else {
            throw DatasetsError(.changedWhileRead, "\(file.path): became shorter while it was read")
        }
        return bytes
    }

    private static func integer(_ bytes: [UInt8], _ index: Int, _ byteCount: Int) -> Int {
        (0..<byteCount).reversed().reduce(0) { $0 << 8 | Int(bytes[index + $1]) }
    }
}
