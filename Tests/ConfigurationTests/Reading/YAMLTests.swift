import Configuration
import Testing

@Suite struct YAMLTests {
    @Test(
        "text that is no YAML is refused with its line",
        arguments: [
            ("name: [a", 2), ("name: a\n\tx: 1", 2), ("a: b: c", 1), ("x: *nothing", 1),
            ("a: 1\n---\nb: 2", 2),
            ("{a: 1, a: 2}", 1), ("a: 1\nb: 2\n\"a\": 3", 1), ("? [a]\n: 1", 1),
        ])
    func malformed(text: String, line: Int) throws {
        let error = try #require(StudyTexts.refusal(text))
        #expect([.malformedYAML, .duplicateKey].contains(error.code), "\(error)")
        #expect(error.message.contains("/nowhere/study.yaml:\(line)"), "\(error)")
    }

    @Test(
        "a file that is empty, null or no mapping is refused",
        arguments: ["", "# only a comment", "~", "[a]", "a"])
    func notAMapping(text: String) throws {
        let error = try #require(StudyTexts.refusal(text))
        #expect([.missingKey, .wrongType].contains(error.code), "\(error)")
    }

    @Test("anchors, aliases, comments and quotes are read as YAML means them")
    func features() throws {
        let study = try StudyTexts.parse(
            """
            # a comment
            name: &n 'small'   # another
            loss: squared
            regularizer: ridge
            lambda: &l 0.5
            eta: *l
            stop:
              epochs: 3
            """)
        #expect(study.eta == 0.5 && study.lambda == 0.5 && study.name == "small")
    }

    @Test("aliases that multiply are refused within bounded work")
    func aliasBomb() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        let error = try #require(StudyTexts.refusal(text))
        #expect(error.code == .malformedYAML)
        #expect(error.message.contains("\(ConfigurationLimits.nodeCount)"))
    }

    @Test("nesting is bounded", arguments: [-1, 0, 1])
    func nesting(beyond: Int) throws {
        // The root is depth 0, the value of a key depth 1, its innermost scalar one deeper than its lists.
        let depth = ConfigurationLimits.nestingDepth - 1 + beyond
        let text = "x: " + String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        let error = try #require(StudyTexts.refusal(text))
        #expect(error.code == (beyond > 0 ? .malformedYAML : .unknownKey), "\(error)")
    }
}
