/// The plaintext of one sealed record.
///
/// ```
/// message chunk  1 | message id | chunk index | chunk count | total byte count (chunk 0 only) | bytes
/// rekey request  2 | Noise message 1
/// rekey response 3 | Noise message 2
/// confirmation   4
/// ```
///
/// The kind is one byte; the numbers are ``VariableLengthInteger``s. Each record has one form only.
enum Record: Equatable {
    case chunk(MessageChunk)
    case rekeyRequest([UInt8])
    case rekeyResponse([UInt8])
    /// The initiator's first record under each new pair of keys: it shows that it holds them.
    case confirmation

    private enum Kind: UInt8 {
        case chunk = 1
        case rekeyRequest, rekeyResponse, confirmation
    }

    /// The record as bytes.
    var bytes: [UInt8] {
        switch self {
        case .chunk(let chunk):
            var bytes: [UInt8] = []
            bytes.reserveCapacity(chunk.bytes.count + MessageChunk.maximumHeaderByteCount)
            bytes.append(Kind.chunk.rawValue)
            chunk.append(to: &bytes)
            return bytes
        case .rekeyRequest(let message): return [Kind.rekeyRequest.rawValue] + message
        case .rekeyResponse(let message): return [Kind.rekeyResponse.rawValue] + message
        case .confirmation: return [Kind.confirmation.rawValue]
        }
    }

    /// Creates the record that `bytes` hold.
    ///
    /// - Throws: ``SecureChannelError/Code/malformedRecord``.
    init(_ bytes: [UInt8]) throws(SecureChannelError) {
        guard let first = bytes.first, let kind = Kind(rawValue: first) else {
            throw SecureChannelError(
                .malformedRecord,
                "a record begins with a kind of 1 ... 4, got \(bytes.first.map(String.init) ?? "no byte")")
        }
        let rest = bytes.dropFirst()
        switch kind {
        case .chunk: self = .chunk(try MessageChunk(rest))
        case .rekeyRequest: self = .rekeyRequest(Array(rest))
        case .rekeyResponse: self = .rekeyResponse(Array(rest))
        case .confirmation:
            guard rest.isEmpty else {
                throw SecureChannelError(
                    .malformedRecord, "a confirmation is one byte, got \(rest.count) more")
            }
            self = .confirmation
        }
    }
}
