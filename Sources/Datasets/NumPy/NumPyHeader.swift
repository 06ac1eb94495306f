/// The header of a NumPy array (numpy.lib.format, versions 1.0 to 3.0).
struct NumPyHeader: Equatable {
    /// The element type.
    let elementType: NumPyElementType
    /// Whether elements stand column by column instead of row by row.
    let isColumnMajor: Bool
    /// The lengths of the dimensions, one or two.
    let shape: [Int]

    /// The bytes before the length of the dictionary: magic and version.
    static let prefixByteCount = 8

    /// The number of elements.
    var elementCount: Int { shape.reduce(1, *) }

    /// Returns the number of bytes that hold the dictionary's length, by the version in the prefix.
    static func lengthFieldByteCount(prefix: ArraySlice<UInt8>, place: String) throws -> Int {
        guard prefix.count == prefixByteCount, prefix.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw DatasetsError(.malformedArray, "\(place): does not begin as a NumPy array does")
        }
        let major = prefix[prefix.startIndex + 6]
        let minor = prefix[prefix.startIndex + 7]
        guard (1...3).contains(major), minor == 0 else {
            throw DatasetsError(
                .malformedArray, "\(place): format version \(major).\(minor); versions 1.0 to 3.0 are read")
        }
        return major == 1 ? 2 : 4
    }

    /// Parses the dictionary `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }`.
    ///
    /// - Throws: `malformedArray` when the text breaks the format, `unsuitableArray` for element types
    ///   and shapes that are not read.
    init(dictionary text: ArraySlice<UInt8>, place: String) throws {
        var parser = PythonLiteralParser(text: text, place: place)
        var elementType: NumPyElementType?
        var isColumnMajor: Bool?
        var shape: [Int]?
        try parser.expect("{")
        while !parser.take("}") {
            let key = try parser.string()
            try parser.expect(":")
            switch key {
            case "descr" where elementType == nil:
                guard !parser.peek("[") else {
                    throw DatasetsError(
                        .unsuitableArray, "\(place): records of several fields; save one array a field")
                }
                let descriptor = try parser.string()
                guard !Self.isText(descriptor) else {
                    throw DatasetsError(
                        .unsuitableArray,
                        "\(place): element type \(MessageText.quoted(descriptor)) is text, and only numbers are "
                            + "read; numpy.unique(a, return_inverse=True)[1] numbers the names in a, and a .csv "
                            + "file keeps them")
                }
                guard let type = NumPyElementType(rawValue: descriptor) else {
                    throw DatasetsError(
                        .unsuitableArray,
                        "\(place): element type \(MessageText.quoted(descriptor)); read are little-endian "
                            + "float64, float32, int8 to int64, uint8 to uint64 and bool; convert by astype, "
                            + "for example astype('<f8')")
                }
                elementType = type
            case "fortran_order" where isColumnMajor == nil:
                isColumnMajor = try parser.boolean()
            case "shape" where shape == nil:
                shape = try parser.tuple()
            default:
                throw DatasetsError(
                    .malformedArray,
                    "\(place): key \(MessageText.quoted(key)) is unknown or stands twice in the header")
            }
            guard parser.take(",") else {
                try parser.expect("}")
                break
            }
        }
        try parser.expectEnd()
        guard let elementType, let isColumnMajor, let shape else {
            throw DatasetsError(
                .malformedArray, "\(place): the header needs 'descr', 'fortran_order' and 'shape'")
        }
        guard (1...2).contains(shape.count) else {
            throw DatasetsError(
                .unsuitableArray, "\(place): \(shape.count) dimensions; arrays of 1 or 2 are read")
        }
        let (count, overflows) = shape.reduce((1, false)) { product, length in
            let next = product.0.multipliedReportingOverflow(by: length)
            return (next.partialValue, product.1 || next.overflow)
        }
        guard !overflows, count <= DatasetsLimits.valueCount else {
            throw DatasetsError(
                .tooLarge, "\(place): shape \(shape) has more than \(DatasetsLimits.valueCount) elements")
        }
        self.elementType = elementType
        self.isColumnMajor = isColumnMajor
        self.shape = shape
    }

    /// Whether the elements are strings of characters or of bytes.
    private static func isText(_ descriptor: String) -> Bool {
        let kind = descriptor.drop { "<>|=".contains($0) }.first
        return kind == "U" || kind == "S" || kind == "a"
    }
}
