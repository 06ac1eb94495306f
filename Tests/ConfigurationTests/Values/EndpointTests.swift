import Configuration
import Testing

@Suite struct EndpointTests {
    @Test(
        "host and port are read and written back",
        arguments: [
            ("localhost:0", "localhost", 0), ("127.0.0.1:7450", "127.0.0.1", 7450),
            ("[::1]:65535", "::1", 65535),
            ("a.example.org:1", "a.example.org", 1),
        ])
    func read(text: String, host: String, port: Int) throws {
        let endpoint = try #require(Endpoint(text))
        #expect(endpoint == Endpoint(host: host, port: port))
        #expect(endpoint.description == text)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "host", "host:", ":1", "host:65536", "host:-1", "host:+1", "host:1x", "::1:80", "[]:80",
            "[::1]", "a b:1",
            "http://a:1", "[::1:80", "host:٣", "u@h:1",
        ])
    func refused(text: String) {
        #expect(Endpoint(text) == nil)
    }
}
