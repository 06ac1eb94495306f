/// What somebody in the path of one connection has read in one direction, and what can be seen in it.
package struct Recording: Sendable {
    /// The bytes as they passed.
    package let bytes: [UInt8]
    /// The payloads of the WebSocket's frames, the client's masks taken off; nil where the HTTP head did not end.
    ///
    /// A mask stands in clear beside what it hides, and alone it would hide a plaintext from a search.
    package let payloads: [UInt8]?

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        payloads = Self.payloads(of: bytes)
    }

    /// Whether `canary` is anywhere in the bytes, or beneath the masks.
    package func shows(_ canary: [UInt8]) -> Bool {
        Self.contains(canary, in: bytes) || Self.contains(canary, in: payloads ?? [])
    }

    /// Whether `bytes` hold `canary` anywhere.
    package static func contains(_ canary: [UInt8], in bytes: [UInt8]) -> Bool {
        guard let first = canary.first else { return true }
        return bytes.indices.contains { bytes[$0] == first && bytes[$0...].starts(with: canary) }
    }

    private static func payloads(of bytes: [UInt8]) -> [UInt8]? {
        let end = [UInt8]("\r\n\r\n".utf8)
        guard let head = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        var rest = bytes[(head + end.count)...]
        var payloads: [UInt8] = []
        while rest.count >= 2 {
            let second = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
            var count = Int(second & 0x7F)
            // 126 and 127 say that the length stands in the next two or eight bytes.
            let lengthByteCount = count == 126 ? 2 : count == 127 ? 8 : 0
            if lengthByteCount > 0 { count = rest.prefix(lengthByteCount).reduce(0) { $0 << 8 | Int($1) } }
            rest = rest.dropFirst(lengthByteCount)
            let isMasked = second & 0x80 != 0
            let key = isMasked ? Array(rest.prefix(4)) : [0, 0, 0, 0]
            rest = rest.dropFirst(isMasked ? 4 : 0)
            // The last frame may be cut off with its connection.
            payloads += rest.prefix(count).enumerated().map { $1 ^ key[$0 % 4] }
            rest = rest.dropFirst(count)
        }
        return payloads
    }
}
