internal import PrivacyLedger

/// A record of a recording: the number of bytes of its body (8 bytes, little-endian), and the body.
enum RecordingFrame {
    static let lengthByteCount = 8

    /// Returns a record.
    ///
    /// - Throws: ``RecordingError`` `invalidValue` for a body that is too large.
    static func framed(_ body: [UInt8]) throws(RecordingError) -> [UInt8] {
        guard RecordingLimits.bodyByteCount.contains(body.count) else {
            throw RecordingError(
                .invalidValue,
                "a record of \(body.count) bytes; at most \(RecordingLimits.bodyByteCount.upperBound)")
        }
        var writer = CanonicalWriter(reservingByteCount: lengthByteCount + body.count)
        writer.integer(UInt64(body.count))
        writer.fixed(body)
        return writer.bytes
    }

    /// Returns the body of the record at `offset`, and moves behind it.
    ///
    /// - Throws: ``RecordingError`` `malformed` for a length out of bounds, and an end before the record's.
    static func body(
        of bytes: [UInt8], at offset: inout Int, _ name: String
    ) throws(RecordingError) -> ArraySlice<UInt8> {
        guard bytes.count - offset >= lengthByteCount else {
            throw RecordingError(.malformed, "\(name): \(bytes.count - offset) bytes that are no record")
        }
        let length = (0..<lengthByteCount).reversed().reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) }
        guard let count = Int(exactly: length), RecordingLimits.bodyByteCount.contains(count) else {
            throw RecordingError(.malformed, "\(name): a record of \(length) bytes")
        }
        let start = offset + lengthByteCount
        guard count <= bytes.count - start else {
            throw RecordingError(
                .malformed, "\(name): a record of \(count) bytes, of which \(bytes.count - start) are there")
        }
        offset = start + count
        return bytes[start..<offset]
    }
}
