internal import ArgumentParser
internal import OperatorCommands
internal import Reporting
internal import TestSupport
internal import Testing

@Suite struct ConformanceCommandTests {
    private static let noise = SharedFiles.path("vectors/noise.json")

    private func run(_ arguments: [String], _ captured: CapturedStreams) throws {
        try ConformanceCommand.parse(arguments).run(captured.streams)
    }

    @Test("the published Noise vectors pass", .enabled(if: noise != nil, "skipped: no data"))
    func published() throws {
        let captured = CapturedStreams()
        try run([#require(Self.noise)], captured)
        #expect(captured.results == "noise.json: noise, 22 passed, 0 failed\n22 passed, 0 failed\n")
        #expect(captured.messages.isEmpty)
    }

    @Test(
        "the published proximal operators and problems pass",
        .enabled(if: SharedFiles.path("vectors/prox.json") != nil, "skipped: no data"))
    func proximal() throws {
        let captured = CapturedStreams()
        try run([#require(SharedFiles.path("vectors/prox.json"))], captured)
        #expect(captured.results.hasPrefix("prox.json: prox, 146 passed, 0 failed, worst error "))
        #expect(captured.messages.isEmpty)
    }

    @Test("one changed digit: the counts, and a refusal", .enabled(if: noise != nil, "skipped: no data"))
    func corrupted() throws {
        let folder = try TemporaryFolder()
        let path = try #require(Self.noise)
        let text = String(decoding: try FileContents.read(path: path), as: UTF8.self)
        let place = try #require(text.firstRange(of: #""handshake_hash": ""#)?.upperBound)
        let digit = text[place] == "0" ? "1" : "0"
        let changed = text.replacingCharacters(at: place, with: digit)
        let file = try folder.write(changed, to: "corrupted.json")
        let captured = CapturedStreams()
        #expect(throws: CommandError(.failedVectors, "")) { try run([path, file, "--json"], captured) }
        let json = try captured.json()
        #expect(json["passed"] == 43 && json["failed"] == 1)
        #expect(json["files"]?.elements?.map { $0["failed"] } == [0, 1])
        let shown = CapturedStreams()
        #expect(throws: CommandError(.failedVectors, "")) { try run([file], shown) }
        #expect(shown.results.hasSuffix("\n21 passed, 1 failed\n"))
    }

    @Test(
        "what holds no vectors is no success",
        arguments: ["", "{", "{}", "[]", #"{"vectors": []}"#, #"{"what": [1, 2]}"#])
    func noVectors(text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "other.json")
        let captured = CapturedStreams()
        let error = #expect(throws: CommandError.self) { try run([file], captured) }
        #expect(error == CommandError(.failedVectors, ""))
        #expect(error?.message.contains("other.json") == true)
        #expect(captured.results.hasSuffix("\n0 passed, 1 failed\n"))
        #expect(captured.results.split(separator: "\n").count == 2)
    }

    @Test("an unknown kind is named as such")
    func unknownKind() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(#"{"aggregators": [{"case": 1}]}"#, to: "other.json")
        let error = #expect(throws: CommandError.self) { try run([file], CapturedStreams()) }
        #expect(
            error?.message.contains("no vectors of a known kind (noise") == true, "\(error?.message ?? "")")
    }

    @Test("an absent file is an error")
    func absent() {
        #expect(throws: ReportingError.self) { try run(["/nowhere/noise.json"], CapturedStreams()) }
    }
}

extension String {
    fileprivate func replacingCharacters(at index: Index, with text: String) -> String {
        String(self[..<index]) + text + String(self[self.index(after: index)...])
    }
}
