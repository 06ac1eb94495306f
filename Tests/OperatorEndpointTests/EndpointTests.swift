import Logging
import NIOCore
import OperatorEndpoint
import TestSupport
import Testing

/// The endpoint over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct EndpointTests {
    @Test(
        "each path has its status, type and body",
        arguments: [
            ("/", "200 OK", "text/html; charset=utf-8", "<p>page</p>"),
            ("/?from=bookmark", "200 OK", "text/html; charset=utf-8", "<p>page</p>"),
            ("/metrics", "200 OK", "text/plain; version=0.0.4; charset=utf-8", "a_total 1\n"),
            ("/readyz", "200 OK", "text/plain; charset=utf-8", "ready\n"),
            ("/metrics/", "404 Not Found", "text/plain; charset=utf-8", ""),
            ("/v1/exchange", "404 Not Found", "text/plain; charset=utf-8", ""),
            ("/../etc/passwd", "404 Not Found", "text/plain; charset=utf-8", ""),
        ])
    func paths(path: String, status: String, type: String, body: String) async throws {
        let answer = try await TestEndpoint.run { try await $0.get(path) }
        #expect(answer.statusLine == "HTTP/1.1 \(status)")
        #expect(answer.contains("Content-Type: \(type)\r\n"))
        if !body.isEmpty { #expect(answer.hasSuffix("\r\n\r\n" + body)) }
        for header in [
            "Content-Security-Policy: default-src 'none'", "X-Content-Type-Options: nosniff",
            "Cache-Control: no-store", "frame-ancestors 'none'",
        ] { #expect(answer.contains(header)) }
        #expect(!answer.contains("script-src"))
    }

    @Test("HEAD has the headers of GET and no body; other methods are refused")
    func methods() async throws {
        try await TestEndpoint.run { endpoint in
            let get = try await endpoint.get("/")
            let head = try await endpoint.get("/", method: "HEAD")
            #expect(get == head + "<p>page</p>")
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
                let answer = try await endpoint.get("/", method: method)
                #expect(answer.statusLine == "HTTP/1.1 405 Method Not Allowed", "\(method)")
                #expect(answer.contains("Allow: GET, HEAD\r\n"))
            }
        }
    }

    @Test("readiness says why not")
    func unready() async throws {
        var content = TestEndpoint.content
        content.readiness = { .unready("the exchange does not listen yet") }
        let answer = try await TestEndpoint.run(content: content) { try await $0.get("/readyz") }
        #expect(answer.statusLine == "HTTP/1.1 503 Service Unavailable")
        #expect(answer.hasSuffix("not ready: the exchange does not listen yet\n"))
    }

    @Test(
        "on loopback only this machine's own names are served",
        arguments: [
            ("localhost", true), ("localhost:7451", true), ("LOCALHOST", true), ("127.0.0.1:1", true),
            ("[::1]", true), ("[::1]:7451", true), ("evil.example", false), ("localhost.evil.example", false),
            ("127.0.0.1.evil.example:80", false), ("localhost:80@evil.example", false), ("[::1].evil", false),
            ("", false), ("[::1", false), ("10.0.0.1", false),
        ])
    func host(name: String, isServed: Bool) async throws {
        let answer = try await TestEndpoint.run { try await $0.get("/", headers: ["Host: \(name)"]) }
        #expect(answer.statusLine == (isServed ? "HTTP/1.1 200 OK" : "HTTP/1.1 400 Bad Request"))
    }

    @Test(
        "on another address of loopback its own name is served too, and no stranger's",
        arguments: [
            ("127.0.0.2", true), ("127.0.0.2:7451", true), ("localhost", true), ("127.0.0.3", false),
            ("evil.example", false),
        ])
    func otherLoopback(name: String, isServed: Bool) async throws {
        let answer = try await TestEndpoint.run(host: "127.0.0.2") {
            try await $0.get("/", headers: ["Host: \(name)"])
        }
        #expect(answer.statusLine == (isServed ? "HTTP/1.1 200 OK" : "HTTP/1.1 400 Bad Request"))
    }

    @Test("an endpoint that the operator opened to a network has other names")
    func openHost() async throws {
        let answer = try await TestEndpoint.run(host: "0.0.0.0") {
            try await $0.get("/", headers: ["Host: atoll.example.org"])
        }
        #expect(answer.statusLine == "HTTP/1.1 200 OK")
    }

    @Test("no Host header, or two, is no request", arguments: [0, 2])
    func hostCount(count: Int) async throws {
        let headers = Array(repeating: "Host: localhost", count: count)
        let answer = try await TestEndpoint.run { try await $0.get("/", headers: headers) }
        #expect(answer.statusLine == "HTTP/1.1 400 Bad Request")
    }

    @Test("what is not HTTP is refused and closed", arguments: ["\u{16}\u{3}\u{1}\r\n\r\n", "GET\r\n\r\n"])
    func noise(text: String) async throws {
        let answer = try await TestEndpoint.run { try await $0.answer(to: text) }
        #expect(answer.statusLine == "HTTP/1.1 400 Bad Request")
    }

    @Test(
        "a body is refused",
        arguments: ["Content-Length: 4\r\n\r\nbody", "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"])
    func body(text: String) async throws {
        let answer = try await TestEndpoint.run {
            try await $0.answer(to: "POST / HTTP/1.1\r\nHost: localhost\r\n\(text)")
        }
        #expect(answer.statusLine == "HTTP/1.1 400 Bad Request")
    }

    @Test("headers have a bound", arguments: [false, true])
    func headers(isBeyond: Bool) async throws {
        let limit = OperatorLimits().headerByteCount
        let filler = String(repeating: "x", count: isBeyond ? limit + 1 : limit / 2)
        let answer = try await TestEndpoint.run {
            try await $0.get("/", headers: ["Host: localhost", "X-Filler: \(filler)"])
        }
        #expect(
            answer.statusLine
                == (isBeyond ? "HTTP/1.1 431 Request Header Fields Too Large" : "HTTP/1.1 200 OK"))
    }

    @Test("a connection serves one request after another")
    func keepAlive() async throws {
        let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let count = try await TestEndpoint.run { endpoint in
            try await endpoint.connect { inbound, outbound in
                var count = 0
                try await outbound.write(ByteBuffer(string: request))
                var text = ""
                for try await bytes in inbound {
                    text += String(buffer: bytes)
                    guard text.hasSuffix("\r\n\r\nready\n") else { continue }
                    text = ""
                    count += 1
                    if count == 3 { break }
                    try await outbound.write(ByteBuffer(string: request))
                }
                return count
            }
        }
        #expect(count == 3)
    }

    @Test(
        "a peer that is silent, slow or idle is closed",
        arguments: [
            "", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        ])
    func deadlines(text: String) async throws {
        var limits = OperatorLimits()
        let isWhole = text.hasSuffix("\r\n\r\n")
        // The one deadline that is meant is short, so that a slow machine does not meet the other.
        if isWhole {
            limits.requestTimeout = .seconds(60)
            limits.idleTimeout = .milliseconds(50)
        } else {
            limits.requestTimeout = .milliseconds(50)
        }
        // Returns only because the endpoint closes: what the test's time limit would otherwise end.
        let answer = try await TestEndpoint.run(limits: limits) { try await $0.answer(to: text) }
        #expect(answer.isEmpty == !isWhole)
    }

    @Test("a connection beyond the bound is closed, and there is room again after one has gone")
    func connectionCount() async throws {
        var limits = OperatorLimits()
        limits.connectionCount = 2
        try await TestEndpoint.run(limits: limits) { endpoint in
            let request = ByteBuffer(string: "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await endpoint.connect { firstIn, firstOut in
                try await firstOut.write(request)
                var first = firstIn.makeAsyncIterator()
                #expect(try await first.next() != nil)
                try await endpoint.connect { secondIn, secondOut in
                    try await secondOut.write(request)
                    var second = secondIn.makeAsyncIterator()
                    #expect(try await second.next() != nil)
                    let third = try? await endpoint.get("/readyz")
                    #expect(third?.isEmpty ?? true)
                }
            }
        }
    }

    @Test("the address is in its file while the endpoint listens")
    func address() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/operator_address"
        try await TestEndpoint.run(addressFile: path) { endpoint in
            let written = try text(of: path)
            #expect(written == "127.0.0.1:\(endpoint.port)\n")
        }
        #expect(throws: (any Error).self) { try text(of: path) }
    }

    @Test("an address in use is a clear error")
    func addressInUse() async throws {
        try await TestEndpoint.run { endpoint in
            let second = OperatorServer(
                host: "127.0.0.1", port: endpoint.port, content: TestEndpoint.content,
                logger: .init(label: "second"))
            let error = await #expect(throws: OperatorEndpointError.self) { try await second.run() }
            #expect(error?.code == .bindFailed)
            #expect(error?.message.contains("operator_listen: cannot listen on 127.0.0.1 port") == true)
        }
    }
}
