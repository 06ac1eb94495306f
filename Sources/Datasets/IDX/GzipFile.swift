/// A file compressed by gzip, with one member (RFC 1952).
enum GzipFile {
    /// The first two bytes of every gzip file.
    static let magic: [UInt8] = [0x1F, 0x8B]

    private static let headerByteCount = 10
    private static let trailerByteCount = 8
    private static let deflate: UInt8 = 8

    /// Returns the uncompressed bytes, whose checksum is checked.
    ///
    /// - Parameter bytes: The whole file.
    /// - Throws: ``DatasetsError`` `malformedArchive` naming the file and what is wrong.
    static func contents(of bytes: [UInt8], path: String) throws -> [UInt8] {
        guard bytes.count >= headerByteCount + trailerByteCount, Array(bytes.prefix(2)) == magic else {
            throw damaged(path, "is no gzip file")
        }
        guard bytes[2] == deflate else {
            throw damaged(path, "has compression method \(bytes[2]), not deflate")
        }
        let start = try dataStart(bytes, path: path)
        let end = bytes.count - trailerByteCount
        guard start < end else { throw damaged(path, "ends within its header") }
        let checksum = littleEndian(bytes, at: end)
        let size = Int(littleEndian(bytes, at: end + 4))
        guard size <= (end - start) * DatasetsLimits.inflationRatio else {
            throw damaged(path, "declares \(size) bytes, more than its \(end - start) can hold")
        }
        guard size <= DatasetsLimits.valueCount else {
            throw DatasetsError(
                .tooLarge,
                "\(path): declares \(size) bytes uncompressed, more than \(DatasetsLimits.valueCount)")
        }
        // One byte more, so that data longer than declared are seen.
        var result = [UInt8](repeating: 0, count: size + 1)
        let inflater = try RawInflater()
        var (taken, given) = (start, 0)
        while !inflater.isFinished {
            guard let step = inflater.inflate(bytes, taken..<end, into: &result, from: given),
                step.taken > 0 || step.given > 0 || inflater.isFinished
            else { throw damaged(path, "has damaged or missing data") }
            taken += step.taken
            given += step.given
        }
        guard given == size, taken == end else {
            throw damaged(path, "holds \(given) bytes of which it declares \(size), or more than one member")
        }
        var actual = ZipChecksum()
        actual.update(result, range: 0..<size)
        guard actual.checksum == checksum else {
            throw damaged(path, "has another checksum than it declares")
        }
        result.removeLast()
        return result
    }

    /// Returns where the deflated data begin, behind the optional fields of the header.
    private static func dataStart(_ bytes: [UInt8], path: String) throws -> Int {
        let flags = bytes[3]
        var place = headerByteCount
        if flags & 0x04 != 0 {
            guard place + 2 <= bytes.count else { throw damaged(path, "ends within its header") }
            place += 2 + Int(bytes[place]) + Int(bytes[place + 1]) << 8
        }
        // A name, then a comment, each ended by a zero.
        for flag: UInt8 in [0x08, 0x10] where flags & flag != 0 {
            guard place < bytes.count, let end = bytes[place...].firstIndex(of: 0) else {
                throw damaged(path, "ends within its header")
            }
            place = end + 1
        }
        if flags & 0x02 != 0 { place += 2 }
        return place
    }

    private static func littleEndian(_ bytes: [UInt8], at place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }

    private static func damaged(_ path: String, _ message: String) -> DatasetsError {
        DatasetsError(.malformedArchive, "\(path): \(message)")
    }
}
