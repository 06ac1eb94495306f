internal import ArgumentParser
internal import OperatorCommands
internal import PrivacyAccounting
internal import Reporting
internal import TestSupport
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

    @Test("the epsilon of Poisson samples under replace-one says what is not proven of it, no other does")
    func assumption() throws {
        let sampled = "--noise-multiplier 2 --sampling-rate 0.1 --steps 10 --delta 1e-5"
        let words = try #require(
            try epsilon("\(sampled) --relation replace-one --json").json()["assumption"]?.stringValue)
        #expect(words.contains("which is not proven"))
        #expect(
            try epsilon("\(sampled) --relation replace-one").results.contains("not proven        \(words)\n"))
        for options in [sampled, "--noise-multiplier 20 --steps 10 --delta 1e-5 --relation replace-one"] {
            #expect(try epsilon("\(options) --json").json()["assumption"] == .null)
            #expect(try !epsilon(options).results.contains("not proven"))
        }
    }

    @Test(
        "the example in docs/privacy.md has the numbers that its command prints, and its ceiling refuses the 81st"
    )
    func documentedExample() throws {
        let root = #filePath.ranges(of: "/Tests/").last.map { #filePath[..<$0.lowerBound] } ?? ""
        let document = try text(of: "\(root)/docs/privacy.md")
        let options = "--noise-multiplier 19.4 --steps 80 --delta 1e-5 --relation replace-one"
        #expect(document.contains("atoll privacy epsilon \(options)\n"))
        for steps in [80, 81] {
            let json = try epsilon(options.replacing("80", with: "\(steps)") + " --json").json()
            let found = try #require(json["epsilon"]?.doubleValue)
            #expect(document.contains("epsilon \((found * 1000).rounded() / 1000)"), "\(steps): \(found)")
        }
        var filter = try PrivacyFilter(epsilon: 4, delta: 1e-5, relation: .replaceOne, measure: .gaussian)
        #expect(try filter.charge(.gaussian(noiseMultiplier: 19.4), count: 80) == .granted)
        #expect(try filter.charge(.gaussian(noiseMultiplier: 19.4)) == .refused)
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
