/// A TCP endpoint, written `host:port` or `[IPv6 address]:port`.
package struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// A name or an address; an IPv6 address without its brackets.
    package let host: String
    /// 0 lets the operating system choose, where that is allowed.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `host:port`; nil where either part is absent, or the port is not 0 to 65535.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let port = text[text.index(after: colon)...]
        var host = text[..<colon]
        if host.first == "[" {
            guard host.last == "]", host.count > 2 else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || "/@[]".contains($0) }) else {
            return nil
        }
        guard port.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(port) else { return nil }
        self.host = String(host)
        self.port = Int(number)
    }

    /// The written form, which ``init(_:)`` reads back.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
