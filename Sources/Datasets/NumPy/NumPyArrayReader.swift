/// Where the bytes of a NumPy array come from, in order.
protocol NumPyByteSource {
    /// File and, in an archive, the array, for messages.
    var place: String { get }
    /// The bytes not yet given.
    var remainingByteCount: Int { get }
    /// Fills `buffer` from `index` on; returns the number of bytes given, less than fit only at the end.
    mutating func read(into buffer: inout [UInt8], from index: Int) throws -> Int
    /// Checks, after the last byte, that all were as they should be.
    mutating func finish() throws
}

extension ZipMemberReader: NumPyByteSource {}

/// Reads a NumPy array out of an archive or a file of its own: the header at once, then the elements in order, in chunks.
struct NumPyArrayReader {
    /// The array's header.
    let header: NumPyHeader
    /// File and array, for messages.
    let place: String
    private var source: any NumPyByteSource

    /// Reads the header and checks that the elements are exactly as long as the shape says.
    init(source: any NumPyByteSource) throws {
        var source = source
        place = source.place
        let prefix = try Self.bytes(NumPyHeader.prefixByteCount, of: &source)
        let lengthField = try Self.bytes(
            NumPyHeader.lengthFieldByteCount(prefix: prefix[...], place: place), of: &source)
        let length = lengthField.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= DatasetsLimits.arrayHeaderByteCount else {
            throw DatasetsError(
                .tooLarge,
                "\(place): a header of \(length) bytes; at most \(DatasetsLimits.arrayHeaderByteCount)")
        }
        header = try NumPyHeader(dictionary: Self.bytes(length, of: &source)[...], place: place)
        let needed = header.elementCount * header.elementType.byteCount
        guard source.remainingByteCount == needed else {
            throw DatasetsError(
                .malformedArray,
                "\(place): \(source.remainingByteCount) bytes of elements; its shape \(header.shape) of "
                    + "\(header.elementType.rawValue) needs \(needed)")
        }
        self.source = source
    }

    /// Gives every element, in the order of the file, with its row and column.
    ///
    /// - Throws: `nonFinite`, or `unsuitableArray` for integers that a double cannot hold.
    mutating func readDoubles(_ body: (_ row: Int, _ column: Int, _ value: Double) throws -> Void) throws {
        let type = header.elementType
        let place = self.place
        try read { row, column, bytes, index in
            guard let value = type.double(in: bytes, at: index) else {
                throw DatasetsError(
                    .unsuitableArray,
                    "\(place), row \(row), column \(column): an integer beyond 2^53 that a float64 "
                        + "cannot hold exactly")
            }
            guard value.isFinite else {
                throw DatasetsError(
                    .nonFinite,
                    "\(place), row \(row), column \(column): \(value) is not finite; "
                        + "remove the record or fill the value in")
            }
            try body(row, column, value)
        }
    }

    /// Gives every element of an integer array with its row.
    mutating func readIntegers(_ body: (_ row: Int, _ value: Int64) throws -> Void) throws {
        let type = header.elementType
        let place = self.place
        guard type.isInteger else {
            throw DatasetsError(
                .unsuitableArray,
                "\(place): elements of \(type.rawValue); tasks are integers: convert them by "
                    + "astype(numpy.int64)")
        }
        try read { row, _, bytes, index in
            guard let value = type.integer(in: bytes, at: index) else {
                throw DatasetsError(.unsuitableArray, "\(place), row \(row): an integer beyond 2^63 - 1")
            }
            try body(row, value)
        }
    }

    private mutating func read(_ body: (Int, Int, [UInt8], Int) throws -> Void) throws {
        let size = header.elementType.byteCount
        let rowCount = header.shape[0]
        let columnCount = header.shape.count == 2 ? header.shape[1] : 1
        // The chunk is a whole number of elements of every size.
        var buffer = [UInt8](repeating: 0, count: DatasetsLimits.chunkByteCount)
        var row = 0
        var column = 0
        while source.remainingByteCount > 0 {
            let count = try source.read(into: &buffer, from: 0)
            for index in stride(from: 0, to: count, by: size) {
                try body(row, column, buffer, index)
                if header.isColumnMajor {
                    row += 1
                    if row == rowCount { (row, column) = (0, column + 1) }
                } else {
                    column += 1
                    if column == columnCount { (row, column) = (row + 1, 0) }
                }
            }
        }
        try source.finish()
    }

    private static func bytes(_ count: Int, of source: inout any NumPyByteSource) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard try source.read(into: &bytes, from: 0) == count else {
            throw DatasetsError(.malformedArray, "\(source.place): ends within its header")
        }
        return bytes
    }

    /// Returns the number of rows of an array that has rows and columns.
    ///
    /// - Parameter content: What the array holds, for messages.
    /// - Throws: `unsuitableArray` for another number of dimensions, `noRecords` without rows.
    func recordCount(of content: String) throws -> Int {
        guard header.shape.count == 2 else {
            throw DatasetsError(
                .unsuitableArray,
                "\(place): shape \(header.shape); \(content) need [records, columns], reshape(-1, 1) makes one "
                    + "column")
        }
        guard header.shape[0] > 0 else { throw DatasetsError(.noRecords, "\(place): no rows") }
        return header.shape[0]
    }
}
