extension SettingReader {
    /// A `host:port` that must be there.
    func endpoint(
        _ key: String, ports: ClosedRange<Int>, example: String
    ) throws(ConfigurationError) -> Endpoint {
        let text = try required(key, try text(key), example: example)
        guard let endpoint = Endpoint(text), ports.contains(endpoint.port) else {
            throw refusal(
                .outOfRange, key,
                allowed: "host:port with a port from \(ports.lowerBound) to \(ports.upperBound)",
                fix: "write for example `\(key): \(example)`")
        }
        return endpoint
    }

    /// Where the operator's endpoint listens, or nil for `off`; `fallback` where the key is absent.
    func operatorEndpoint(_ key: String, default fallback: Endpoint?) throws(ConfigurationError) -> Endpoint?
    {
        guard let text = try text(key) else { return fallback }
        if text == "off" { return nil }
        guard let endpoint = Endpoint(text) else {
            throw refusal(
                .outOfRange, key, allowed: "host:port with a port from 0 to 65535, or off",
                fix: "write for example `\(key): 127.0.0.1:7451`")
        }
        return endpoint
    }

    /// The public lines of the aggregator, given as one line, a list of lines, or the path of a file of lines.
    ///
    /// Empty lines and lines that begin with `#` are skipped. Only the form is checked here. No message repeats
    /// what was given: it might be a secret in the wrong place.
    func identityLines(_ key: String, _ paths: PathResolver) throws(ConfigurationError) -> [String] {
        let allowed =
            "a line `atoll1 <channel key> <signing key> <name>`, or a list or the path of a file of 1 to "
            + "\(ConfigurationLimits.pinnedIdentityCount) such lines"
        func refusal(_ problem: String) -> ConfigurationError {
            ConfigurationError(
                .outOfRange,
                "\(origin(of: key)): \(prefix)\(key): \(problem); allowed: \(allowed); "
                    + "take the line that `atoll keys generate` printed for the aggregator")
        }
        if case .list = try node(key)?.content {
            let lines = try texts(key, example: "") ?? []
            guard lines.allSatisfy(Self.isIdentityLine) else {
                throw refusal("the list has a line of another form")
            }
            guard lines.count <= ConfigurationLimits.pinnedIdentityCount else {
                throw refusal("the list has \(lines.count) public lines")
            }
            return lines
        }
        let given = try required(key, try text(key), example: "keys/aggregator.pub")
        if Self.isIdentityLine(given) { return [given] }
        guard !given.hasPrefix("atoll1") else { throw refusal("it is no complete public line") }
        guard given.utf8.count <= 4096, let path = try path(key, paths), LocalFile.isReadable(path) else {
            throw refusal("it is neither a public line nor a readable file")
        }
        let lines = try LocalFile.text(path, what: "the aggregator's public lines")
            .split(whereSeparator: \.isNewline)
            .map { $0.trimmed }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard lines.allSatisfy(Self.isIdentityLine) else {
            throw refusal("the file has a line of another form")
        }
        guard (1...ConfigurationLimits.pinnedIdentityCount).contains(lines.count) else {
            throw refusal("the file has \(lines.count) public lines")
        }
        return lines
    }

    private static func isIdentityLine(_ text: String) -> Bool {
        let fields = text.split(separator: " ", omittingEmptySubsequences: false)
        return fields.count == 4 && fields[0] == "atoll1" && fields.allSatisfy { !$0.isEmpty }
    }
}

extension Substring {
    /// The text without spaces, tabs and carriage returns at its ends.
    fileprivate var trimmed: String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
