internal import ArgumentParser
internal import OperatorCommands
internal import PrivacyAccounting
internal import Reporting
internal import Testing

@Suite struct PrivacyCommandTests {
    private func epsilon(_ arguments: String) throws -> CapturedStreams {
        let captured = CapturedStreams()
        try PrivacyEpsilonCommand.parse(arguments.split(separator: " ").map { String($0) }).run(
            captured.streams)
        return captured
    }

    private func calibrate(_ arguments: String) throws -> CapturedStreams {
        let captured = CapturedStreams()
        try PrivacyCalibrateCommand.parse(arguments.split(separator: " ").map { String($0) }).run(
            captured.streams)
        return captured
    }

    @Test("epsilon of sampled steps lies between its bounds and below that by Renyi divergences")
    func sampled() throws {
        let options = "--noise-multiplier 1 --sampling-rate 0.01 --steps 1000 --delta 1e-6"
        let json = try epsilon("\(options) --accountant all --json").json()
        let found = try #require(json["epsilon"]?.doubleValue)
        // Another tool's value, by connect-the-dots: 2.12452.
        #expect(abs(found - 2.12452) < 2e-3)
        let lower = try #require(json["epsilon_lower"]?.doubleValue)
        #expect(lower < found && json["epsilon_upper"] == json["epsilon"])
        let renyi = try #require(json["accountants"]?["rdp"]?["epsilon"]?.doubleValue)
        #expect(renyi > found)
        #expect(json["accountants"]?["exact"] == nil)
        #expect(json["is_private"] == true)
        let shown = try epsilon(options)
        #expect(shown.results.hasPrefix("epsilon           2.12"))
        #expect(shown.messages.isEmpty)
    }

    @Test("without sampling all accountants apply, and replacing counts double")
    func unsampled() throws {
        let json = try epsilon(
            "--noise-multiplier 20 --steps 100 --delta 1e-5 --relation replace-one --accountant all --json"
        ).json()
        let exact = GaussianPrivacy.epsilon(delta: 1e-5, mu: 1)
        for name in ["exact", "pld"] {
            let found = try #require(json["accountants"]?[name]?["epsilon"]?.doubleValue)
            #expect(abs(found / exact - 1) < 1e-9)
        }
        #expect(json["relation"] == "replace-one")
    }

    @Test("no noise is said to protect nothing")
    func unprotected() throws {
        let json = try epsilon("--noise-multiplier 0 --steps 1 --delta 1e-5 --json").json()
        #expect(json["is_private"] == false)
        #expect(
            try epsilon("--noise-multiplier 0 --steps 1 --delta 1e-5").results.hasPrefix(
                "epsilon           inf\n"))
    }

    @Test("an accountant without analysis is an error")
    func unsupported() {
        #expect(throws: AccountingError(.unsupportedEvent, "")) {
            _ = try epsilon(
                "--noise-multiplier 1 --sampling-rate 0.1 --steps 3 --delta 1e-5 --accountant exact")
        }
    }

    @Test(
        "calibrated noise keeps its target, by each accountant",
        arguments: [
            "--sampling-rate 0.02 --steps 500", "--sampling-rate 0.02 --steps 500 --accountant rdp",
            "--steps 50 --accountant exact", "--steps 50 --relation replace-one --accountant all",
        ])
    func calibration(options: String) throws {
        let json = try calibrate("--epsilon 2 --delta 1e-6 \(options) --json").json()
        let noise = try #require(json["noise_multiplier"]?.doubleValue)
        let kept = try #require(json["epsilon"]?.doubleValue)
        #expect(kept <= 2 && kept > 1.99)
        let again = try epsilon("--noise-multiplier \(noise) --delta 1e-6 \(options) --json").json()
        #expect(try #require(again["epsilon"]?.doubleValue) <= 2)
    }

    @Test(
        "options out of range are refused by name",
        arguments: [
            ("--noise-multiplier -1 --steps 1 --delta 1e-5", "--noise-multiplier"),
            ("--noise-multiplier 1e-4 --steps 1 --delta 1e-5", "--noise-multiplier"),
            ("--noise-multiplier 1 --steps 0 --delta 1e-5", "--steps"),
            ("--noise-multiplier 1 --steps 1 --delta 0", "--delta"),
            ("--noise-multiplier 1 --steps 1 --delta 1", "--delta"),
            ("--noise-multiplier 1 --steps 1 --delta 1e-5 --sampling-rate 1.5", "--sampling-rate"),
            ("--noise-multiplier 1 --steps 1 --delta 1e-5 --sampling-rate nan", "--sampling-rate"),
        ])
    func ranges(arguments: String, name: String) {
        let words = arguments.split(separator: " ").map { String($0) }
        let error = #expect(throws: (any Error).self) { _ = try PrivacyEpsilonCommand.parse(words) }
        #expect(error.map { PrivacyEpsilonCommand.message(for: $0).contains(name) } == true)
    }
}
