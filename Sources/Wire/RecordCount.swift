/// Counts records in encoded protobuf without decoding it.
///
/// An empty record takes two bytes and a decoded one a hundred, so counts are checked before anything is
/// built from them.
struct RecordCount {
    private let bytes: [UInt8]
    private var position = 0

    /// Returns how many length-delimited records `bytes` holds at the end of `path`, a list of field numbers
    /// from the outermost message inwards.
    ///
    /// - Throws: ``WireError`` `malformed` when the bytes on the path are not whole fields. Groups, which
    ///   this syntax of protobuf no longer has, are refused.
    static func of(_ path: [UInt64], in bytes: [UInt8]) throws -> Int {
        var scanner = RecordCount(bytes: bytes)
        return try scanner.count(path[...], end: bytes.count)
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func count(_ path: ArraySlice<UInt64>, end: Int) throws -> Int {
        guard let field = path.first else {
            position = end
            return 1
        }
        var total = 0
        while position < end {
            let tag = try varint(end: end)
            switch tag & 7 {
            case 0: _ = try varint(end: end)
            case 1: try skip(8, end: end)
            case 5: try skip(4, end: end)
            case 2:
                let length = try varint(end: end)
                let start = position
                try skip(length, end: end)
                guard tag >> 3 == field else { break }
                let recordEnd = position
                position = start
                total += try count(path.dropFirst(), end: recordEnd)
            default: throw WireError(.malformed, "a field of wire type \(tag & 7)")
            }
        }
        return total
    }

    private mutating func skip(_ byteCount: UInt64, end: Int) throws {
        guard byteCount <= UInt64(end - position) else {
            throw WireError(.malformed, "a field of \(byteCount) bytes where \(end - position) are left")
        }
        position += Int(byteCount)
    }

    private mutating func varint(end: Int) throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { break }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw WireError(.malformed, "a number without an end")
    }
}
