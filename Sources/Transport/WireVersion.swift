/// The wire version, as named in the WebSocket subprotocol and bound in the handshake's prologue.
package enum WireVersion {
    /// The subprotocol this build speaks.
    package static let subprotocol = "atoll.1"
    /// The path of the exchange.
    package static let exchangePath = "/v1/exchange"
    /// The path of the liveness check.
    package static let healthPath = "/healthz"
    /// What both ends bind into the handshake: the subprotocol's bytes.
    package static let prologue = [UInt8](subprotocol.utf8)

    /// Returns the subprotocols that a header's values offer, in order.
    static func offers(in headerValues: [String]) -> [String] {
        headerValues.flatMap { value in
            value.split(separator: ",").map { item in
                var item = item
                while item.first == " " { item.removeFirst() }
                while item.last == " " { item.removeLast() }
                return String(item)
            }
        }
    }

    /// Returns text of a peer made fit to quote: printable ASCII only, at most
    /// ``TransportLimits/quotedCharacterCount`` characters, "nothing" when empty.
    static func quoted(_ text: String, limit: Int = TransportLimits.quotedCharacterCount) -> String {
        let scalars = text.unicodeScalars.prefix(limit + 1)
        var result = ""
        for scalar in scalars.prefix(limit) {
            result.unicodeScalars.append((0x20...0x7E).contains(scalar.value) ? scalar : "?")
        }
        if scalars.count > limit { result += "..." }
        return result.isEmpty ? "nothing" : result
    }
}
