internal import NIOHTTP1

/// One answer of the endpoint.
struct OperatorResponse: Equatable {
    var status: HTTPResponseStatus
    var contentType = "text/plain; charset=utf-8"
    var body: String
    /// Headers of this answer alone.
    var headers: [(name: String, value: String)] = []

    /// Headers of every answer: nothing is kept, framed, guessed or loaded from anywhere, and nothing runs.
    static let securityHeaders: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.contentType == right.contentType && left.body == right.body
            && left.headers.elementsEqual(right.headers, by: ==)
    }
}
