import Configuration
import ReleaseEncoding
import Testing

@Suite struct OverrideTests {
    @Test("a dotted key changes one setting and leaves its neighbours")
    func dotted() throws {
        let study = try StudyTexts.parse(
            StudyTexts.full, set: ["stop.epochs=9", "data.split_seed=8", "task_weights.a=4"])
        #expect(study.stop == StoppingConditions(residual: 1e-300, updates: 12, epochs: 9))
        #expect(study.data?.splitSeed == 8 && study.data?.trainFraction == 0.75)
        #expect(study.weight(of: "a") == 4)
    }

    @Test("mappings on the way are made, and a later override wins")
    func making() throws {
        let study = try StudyTexts.parse(
            StudyTexts.minimal,
            set: ["data.path=${ATOLL_DATA}/a.csv", "data.task_column=t", "lambda=5", "lambda=6"])
        #expect(study.data?.layout == .table(path: "/data/a.csv", taskColumn: "t"))
        #expect(study.lambda == 6)
    }

    @Test("null takes a key away, so that its default holds", arguments: ["null", "~", "", " "])
    func removing(null: String) throws {
        let study = try StudyTexts.parse(StudyTexts.full, set: ["stop.residual=\(null)", "encoding=\(null)"])
        #expect(study.stop.residual == nil && study.stop.updates == 12)
        #expect(study.encoding == .float32)
    }

    @Test("values are YAML, equals signs included")
    func values() throws {
        let study = try StudyTexts.parse(
            StudyTexts.minimal,
            set: ["stop={residual: 1e-3}", "data={path: 'a=b.csv', task: t}", "report=[loss]"])
        #expect(study.stop == StoppingConditions(residual: 1e-3))
        #expect(study.data?.paths == ["/nowhere/a=b.csv"])
        #expect(study.report == [.loss])
    }

    @Test(
        "what is no key=value is refused",
        arguments: ["lambda", "=3", "", ".a=1", "a.=1", "a..b=1", "a b=1", "name=[", "a: [=1"])
    func malformed(argument: String) throws {
        let error = try #require(StudyTexts.refusal(StudyTexts.minimal, set: [argument]))
        #expect([.malformedOverride, .malformedYAML].contains(error.code), "\(error)")
        #expect(error.message.hasPrefix("--set "), "\(error)")
    }

    @Test("a way through a plain value is refused")
    func throughScalar() throws {
        let error = try #require(StudyTexts.refusal(StudyTexts.minimal, set: ["lambda.x=1"]))
        #expect(error.code == .wrongType)
        #expect(error.message.contains("lambda is \"2\", not a mapping"))
    }

    @Test("a refused argument is repeated only in part")
    func longArgument() throws {
        let argument = "lambda=" + String(repeating: "9", count: 5000) + "x"
        let error = try #require(StudyTexts.refusal(StudyTexts.minimal, set: [argument]))
        #expect(error.message.count < 500)
    }
}
