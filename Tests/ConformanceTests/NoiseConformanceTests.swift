internal import Conformance
internal import Foundation
internal import TestSupport
internal import Testing

@Suite struct NoiseConformanceTests {
    static let path = SharedFiles.path("vectors/noise.json")

    static func contents() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: #require(path))))
    }

    @Test("all published Noise vectors pass, both roles", .enabled(if: path != nil, "skipped: no data"))
    func published() throws {
        let report = ConformanceRunner.run(contents: try Self.contents(), fileName: "noise.json")
        #expect(report.kind == "noise")
        #expect(report.passed == 22)
        #expect(report.failed == 0, "\(report.firstFailure ?? "")")
        #expect(report.isPassed)
        #expect(report.worstError == nil)
    }

    @Test(
        "a vector with one digit changed fails and is named", .enabled(if: path != nil, "skipped: no data"),
        arguments: [
            "init_prologue", "init_static", "init_ephemeral", "init_remote_static", "resp_prologue",
            "resp_static", "resp_ephemeral", "handshake_hash", "init_psks", "resp_psks",
        ])
    func changedField(_ field: String) throws {
        var document = try Self.document()
        var vectors = try #require(document["vectors"] as? [[String: Any]])
        let index = try #require(vectors.firstIndex { vector in Self.hasDigits(vector[field]) })
        if let text = vectors[index][field] as? String {
            vectors[index][field] = Self.changed(text, at: 0)
        } else {
            let keys = try #require(vectors[index][field] as? [String])
            vectors[index][field] = [Self.changed(keys[0], at: 0)]
        }
        document["vectors"] = vectors
        try Self.expectOneFailure(document, index: index)
    }

    @Test(
        "a message with any one part changed fails", .enabled(if: path != nil, "skipped: no data"),
        arguments: 0..<6, ["payload", "ciphertext"])
    func changedMessage(_ message: Int, _ field: String) throws {
        var document = try Self.document()
        var vectors = try #require(document["vectors"] as? [[String: Any]])
        var messages = try #require(vectors[0]["messages"] as? [[String: String]])
        let text = try #require(messages[message][field])
        messages[message][field] = Self.changed(text, at: text.count - 1)
        vectors[0]["messages"] = messages
        document["vectors"] = vectors
        try Self.expectOneFailure(document, index: 0)
    }

    @Test(
        "what is no file of vectors gives one failed case",
        arguments: ["", "{", "[]", "{}", "[1, 2]", #"{"vectors": []}"#, #"{"vectors": [{"a": 1}]}"#])
    func noVectors(_ text: String) {
        let report = ConformanceRunner.run(contents: Array(text.utf8), fileName: "x.json")
        #expect(report.kind == "unknown")
        #expect(report.failed == 1)
        #expect(!report.isPassed)
        #expect(report.firstFailure?.hasPrefix("x.json: ") == true)
    }

    @Test("a vector of a protocol not spoken here, or without its messages, fails and says why")
    func unsupported() {
        let texts = [
            #"[{"protocol_name": "Noise_XX_25519_AESGCM_SHA256"}]"#,
            #"[{"protocol_name": "Noise_IK_25519_ChaChaPoly_BLAKE2b"}]"#,
        ]
        let reports = texts.map { ConformanceRunner.run(contents: Array($0.utf8), fileName: "x") }
        #expect(reports.map(\.failed) == [1, 1])
        #expect(reports[0].firstFailure?.contains("Noise_XX_25519_AESGCM_SHA256") == true)
        #expect(reports[1].firstFailure?.contains("init_prologue") == true)
    }

    private static func document() throws -> [String: Any] {
        let data = Data(try contents())
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private static func hasDigits(_ value: Any?) -> Bool {
        if let text = value as? String { return !text.isEmpty }
        return value is [String]
    }

    private static func changed(_ text: String, at position: Int) -> String {
        var characters = Array(text)
        characters[position] = characters[position] == "5" ? "6" : "5"
        return String(characters)
    }

    private static func expectOneFailure(_ document: [String: Any], index: Int) throws {
        let data = try JSONSerialization.data(withJSONObject: document)
        let report = ConformanceRunner.run(contents: [UInt8](data), fileName: "noise.json")
        #expect(report.failed == 1)
        #expect(report.passed == 21)
        #expect(report.firstFailure?.hasPrefix("vector \(index) ") == true)
    }
}
