/// An array of bytes in the format IDX, as MNIST is published: plain, or compressed by gzip.
///
/// - SeeAlso: LeCun, Cortes, Burges, The MNIST database of handwritten digits, "File formats".
package struct IDXArray: Sendable, Equatable {
    /// The length of each dimension, the slowest first.
    package let shape: [Int]
    /// The elements, the last dimension fastest.
    package let bytes: [UInt8]

    private static let unsignedByte: UInt8 = 0x08

    /// Reads a file.
    ///
    /// - Throws: ``DatasetsError`` that names the file: `unreadable`, `tooLarge`, `malformedArchive` for damaged
    ///   gzip, `malformedArray` where header and length do not fit, `unsuitableArray` for other elements than bytes.
    package init(path: String) throws {
        let file = try InputFile(path: path)
        guard file.byteCount <= DatasetsLimits.valueCount else {
            throw DatasetsError(
                .tooLarge, "\(path): \(file.byteCount) bytes are more than \(DatasetsLimits.valueCount)")
        }
        var contents = [UInt8](repeating: 0, count: file.byteCount)
        guard try file.read(into: &contents, from: 0, upTo: contents.count, at: 0) == contents.count else {
            throw DatasetsError(.changedWhileRead, "\(path): became shorter while it was read")
        }
        if contents.starts(with: GzipFile.magic) {
            contents = try GzipFile.contents(of: contents, path: path)
        }
        try self.init(contents, path: path)
    }

    /// Reads the uncompressed bytes of a file.
    init(_ contents: [UInt8], path: String) throws {
        func malformed(_ message: String) -> DatasetsError {
            DatasetsError(.malformedArray, "\(path): \(message)")
        }
        guard contents.count >= 4, contents[0] == 0, contents[1] == 0 else {
            throw malformed("does not begin as an IDX file does, with two zero bytes")
        }
        guard contents[2] == Self.unsignedByte else {
            throw DatasetsError(
                .unsuitableArray,
                "\(path): elements are of type \(contents[2]); only \(Self.unsignedByte), unsigned bytes, is read"
            )
        }
        let rank = Int(contents[3])
        let start = 4 + 4 * rank
        guard rank >= 1, contents.count >= start else { throw malformed("ends within its header") }
        var count = 1
        shape = try (0..<rank).map { dimension in
            let length = (0..<4).reduce(0) { $0 << 8 | Int(contents[4 + 4 * dimension + $1]) }
            let (product, overflows) = count.multipliedReportingOverflow(by: length)
            guard !overflows, product <= DatasetsLimits.valueCount else {
                throw DatasetsError(
                    .tooLarge, "\(path): declares more than \(DatasetsLimits.valueCount) elements")
            }
            count = product
            return length
        }
        guard contents.count - start == count else {
            throw malformed("declares \(count) elements and has \(contents.count - start)")
        }
        bytes = Array(contents[start...])
    }
}
