extension SafeTensors {
    /// Reads the bytes of a file; tensors must be float64 and fill the rest of the file without gap or overlap.
    ///
    /// - Throws: ``ReportingError``: `malformedModel`, `malformedJSON`, `tooLarge`.
    package init(bytes: [UInt8]) throws {
        guard bytes.count >= 8 else {
            throw Self.malformed("shorter than the 8 bytes of the header's length")
        }
        let length = LittleEndian.integer(in: bytes, at: 0)
        guard length <= ReportingLimits.modelHeaderByteCount else {
            throw ReportingError(
                .tooLarge,
                "safetensors: a header of \(length) bytes; at most \(ReportingLimits.modelHeaderByteCount)")
        }
        let start = 8 + Int(length)
        guard start <= bytes.count, bytes.count == 8 || bytes[8] == UInt8(ascii: "{") else {
            throw Self.malformed("the header does not begin with a brace or is cut off")
        }
        guard case .object(let header) = try JSONValue(parsing: Array(bytes[8..<start])) else {
            throw Self.malformed("the header is no object")
        }
        var metadata: [String: String] = [:]
        var entries: [(name: String, shape: [Int], begin: Int, end: Int)] = []
        for member in header.members {
            if member.key == Self.metadataKey {
                metadata = try Self.metadata(member.value)
            } else {
                let (shape, begin, end) = try Self.entry(member.value, name: member.key)
                entries.append((member.key, shape, begin, end))
            }
        }
        // Other writers order the header by name and the data by alignment.
        entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
        var tensors: [Tensor] = []
        var expected = 0
        for entry in entries {
            guard entry.begin == expected, entry.end <= bytes.count - start else {
                throw Self.malformed(
                    "tensor \"\(entry.name)\" leaves a gap, overlaps or lies outside the file")
            }
            let elements = LittleEndian.doubles(in: bytes, from: start + entry.begin, to: start + entry.end)
            tensors.append(try Tensor(name: entry.name, shape: entry.shape, elements: elements))
            expected = entry.end
        }
        guard expected == bytes.count - start else { throw Self.malformed("bytes after the last tensor") }
        try self.init(tensors: tensors, metadata: metadata)
    }

    private static func metadata(_ value: JSONValue) throws -> [String: String] {
        guard case .object(let object) = value else { throw malformed("the metadata is no object") }
        var metadata: [String: String] = [:]
        for member in object.members {
            guard let text = member.value.stringValue else {
                throw malformed("metadata \"\(member.key)\" is no string")
            }
            metadata[member.key] = text
        }
        return metadata
    }

    private static func entry(
        _ value: JSONValue, name: String
    ) throws -> (shape: [Int], begin: Int, end: Int) {
        guard let type = value["dtype"]?.stringValue, let lengths = value["shape"]?.elements,
            let offsets = value["data_offsets"]?.elements?.map(\.integerValue), offsets.count == 2,
            let begin = offsets[0], let end = offsets[1], begin >= 0, end >= begin
        else { throw malformed("tensor \"\(name)\" needs dtype, shape and two data_offsets") }
        guard type == "F64" else { throw malformed("tensor \"\(name)\" is of type \(type); F64 is read") }
        let shape = lengths.compactMap(\.integerValue)
        guard shape.count == lengths.count, let count = Tensor.elementCount(of: shape),
            (end - begin).isMultiple(of: 8), count == (end - begin) / 8
        else { throw malformed("tensor \"\(name)\": its shape does not fit its offsets") }
        return (shape, begin, end)
    }

    private static func malformed(_ fault: String) -> ReportingError {
        ReportingError(.malformedModel, "safetensors: \(fault)")
    }
}
