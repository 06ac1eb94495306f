internal import NIOHTTP1

/// Decides what a request is answered.
struct OperatorRouter: Sendable {
    let content: OperatorContent
    /// Where it listens, if only this machine can reach that; nil where others can.
    ///
    /// On loopback only the machine's own names may be asked for.
    ///
    /// A page of elsewhere can make a browser resolve its name to 127.0.0.1 and read what is served there; its name
    /// then stands in `Host`.
    let loopbackAddress: String?

    /// Returns the answer to a request without a body.
    func response(to head: HTTPRequestHead) -> OperatorResponse {
        let hosts = head.headers["Host"]
        guard hosts.count == 1, let host = hosts.first else {
            return OperatorResponse(status: .badRequest, body: "a request has one Host header\n")
        }
        if let loopbackAddress, !Self.isLoopbackName(host, address: loopbackAddress) {
            return OperatorResponse(
                status: .badRequest,
                body: "ask for localhost, 127.0.0.1 or [::1]: nothing else is served here\n")
        }
        let path = head.uri.prefix { $0 != "?" && $0 != "#" }
        guard ["/", "/metrics", "/readyz"].contains(path) else {
            return OperatorResponse(
                status: .notFound, body: "not found; there are /, /metrics and /readyz\n")
        }
        guard head.method == .GET || head.method == .HEAD else {
            return OperatorResponse(
                status: .methodNotAllowed, body: "only GET and HEAD\n", headers: [("Allow", "GET, HEAD")])
        }
        switch path {
        case "/metrics":
            return OperatorResponse(
                status: .ok, contentType: MetricsText.contentType, body: content.metrics())
        case "/readyz":
            switch content.readiness() {
            case .ready: return OperatorResponse(status: .ok, body: "ready\n")
            case .unready(let reason):
                return OperatorResponse(status: .serviceUnavailable, body: "not ready: \(reason)\n")
            }
        default:
            return OperatorResponse(
                status: .ok, contentType: "text/html; charset=utf-8", body: content.page())
        }
    }

    /// Whether a `Host` header names this machine by a name that no name server can give away, with any port.
    ///
    /// - Parameter address: Where the endpoint listens, which is one of the names.
    static func isLoopbackName(_ host: String, address: String) -> Bool {
        var name = host[...]
        let afterName = host.hasPrefix("[") ? host.firstIndex(of: "]").map { host.index(after: $0) } : nil
        if let colon = host[(afterName ?? host.startIndex)...].firstIndex(of: ":") {
            guard host[host.index(after: colon)...].utf8.allSatisfy({ (48...57).contains($0) }) else {
                return false
            }
            name = host[..<colon]
        }
        return ["localhost", "127.0.0.1", "[::1]", address].contains(name.lowercased())
    }
}
