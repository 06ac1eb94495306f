import Configuration
import Testing

/// One change that makes the minimal study wrong, and what the refusal must say.
struct WrongSetting: Sendable, CustomTestStringConvertible {
    let settings: [String]
    let code: ConfigurationError.Code
    let says: [String]

    init(_ set: String..., code: ConfigurationError.Code, says: [String]) {
        settings = set
        self.code = code
        self.says = says
    }

    var testDescription: String { settings.joined(separator: " ") }
}

@Suite struct StudyRefusalTests {
    static let wrong: [WrongSetting] = [
        .init("lamda=3", code: .unknownKey, says: ["\"lamda\"", "did you mean `lambda`?", "\"3\""]),
        .init("relaxationPolicy=constant", code: .unknownKey, says: ["did you mean `relaxation_policy`?"]),
        .init("stop.epoch=3", code: .unknownKey, says: ["\"stop.epoch\"", "did you mean `stop.epochs`?"]),
        .init("zzzzzz=1", code: .unknownKey, says: ["remove it", "name, data, tasks"]),
        .init("data.pth=x", code: .unknownKey, says: ["did you mean `data.path`?"]),
        .init("lambda=abc", code: .wrongType, says: ["lambda: got \"abc\"", "at least 0"]),
        .init("lambda=-1", code: .outOfRange, says: ["lambda: got \"-1\""]),
        .init("lambda=nan", code: .wrongType, says: ["\"nan\""]),
        .init("lambda=.inf", code: .wrongType, says: ["\".inf\""]),
        .init("lambda=1e999", code: .outOfRange, says: ["\"1e999\""]),
        .init("lambda=0x10", code: .wrongType, says: ["\"0x10\""]),
        .init("lambda=1_000", code: .wrongType, says: ["\"1_000\""]),
        .init("lambda='3'", code: .wrongType, says: ["remove the quotation marks"]),
        .init("lambda=[1]", code: .wrongType, says: ["a list of 1"]),
        .init("lambda=null", code: .missingKey, says: ["lambda", "required"]),
        .init("eta=0", code: .outOfRange, says: ["above 0", "below 2 / L"]),
        .init("eta=automatic", code: .wrongType, says: ["below 2 / L", "`auto`"]),
        .init("eta=", code: .missingKey, says: ["eta"]),
        .init("batch_size=0", code: .outOfRange, says: ["at least 1"]),
        .init(
            "splitting=douglas-rachford", "batch_size=4", code: .impossibleCombination,
            says: ["no unbiased estimate"]),
        .init("relaxation_power=0.6", code: .impossibleCombination, says: ["only with", "`decreasing`"]),
        .init("relaxation_horizon=6", code: .impossibleCombination, says: ["only with", "`decreasing`"]),
        .init(
            "relaxation_policy=decreasing", "relaxation_power=0.5", code: .outOfRange,
            says: ["above 0.5 and at most 1"]),
        .init("relaxation_policy=decreasing", "relaxation_horizon=0", code: .outOfRange, says: ["above 0"]),
        .init("relaxation=0", code: .outOfRange, says: ["above 0 and at most 1"]),
        .init("relaxation=1.0000001", code: .outOfRange, says: ["only up to 1"]),
        .init(
            "splitting=peaceman", code: .unknownValue, says: ["allowed: backward-forward, douglas-rachford"]),
        .init("gamma=1", code: .impossibleCombination, says: ["douglas-rachford", "`backward-forward`"]),
        .init("inertia=0", code: .impossibleCombination, says: ["douglas-rachford"]),
        .init("splitting=douglas-rachford", "gamma=0", code: .outOfRange, says: ["above 0"]),
        .init("splitting=douglas-rachford", "inertia=1", code: .outOfRange, says: ["from 0 and below 1"]),
        .init("splitting=douglas-rachford", "inertia=-0.1", code: .outOfRange, says: ["from 0"]),
        .init("splitting=douglas-rachford", "relaxation=2", code: .outOfRange, says: ["below 2"]),
        .init("splitting=douglas-rachford", "relaxation=0", code: .outOfRange, says: ["above 0"]),
        .init(
            "mode=asynchron", code: .unknownValue,
            says: ["asynchronous, synchronous", "did you mean `asynchronous`?"]),
        .init("mode=xyzzy", code: .unknownValue, says: ["write one of these"]),
        .init(
            "regularizer=trace", code: .unknownValue, says: ["nuclear, l21, l1, ridge, elastic-net, mean, "]),
        .init("loss=hinge", code: .unknownValue, says: ["squared, logistic"]),
        .init("loss={a: squared}", code: .missingKey, says: ["loss.default"]),
        .init("loss={default: squared, a: hinge}", code: .unknownValue, says: ["loss.a"]),
        .init("loss=[squared]", code: .wrongType, says: ["loss: got a list of 1"]),
        .init("encoding=float16", code: .unknownValue, says: ["did you mean `bfloat16`?"]),
        .init("l1_ratio=0.5", code: .impossibleCombination, says: ["elastic-net", "`nuclear`"]),
        .init("regularizer=elastic-net", "l1_ratio=1.5", code: .outOfRange, says: ["from 0 to 1"]),
        .init("norm_bound=0", code: .outOfRange, says: ["above 0"]),
        .init("prox_tolerance=-1e-9", code: .outOfRange, says: ["from 0 and below 1"]),
        .init("prox_tolerance=1", code: .outOfRange, says: ["prox_tolerance: got \"1\"", "1e-6"]),
        .init(
            "maximum_factor_age=-1", code: .outOfRange, says: ["0 to 50000", "half of the number of tasks"]),
        .init("maximum_factor_age=50001", code: .outOfRange, says: ["\"50001\""]),
        .init(
            "dimension=3", "tasks=[{name: a, site: s}, {name: b, site: s}, {name: c, site: s}]",
            "maximum_factor_age=2", code: .outOfRange,
            says: ["maximum_factor_age: got 2", "0 to 1, half of the 3 tasks", "write at most 1"]),
        .init("maximum_delay=-1", code: .outOfRange, says: ["at least 0"]),
        .init("maximum_delay=1.5", code: .wrongType, says: ["whole number"]),
        .init("barrier_timeout=30", code: .wrongUnit, says: ["no unit", "`30s`"]),
        .init("barrier_timeout=30 sec", code: .wrongUnit, says: ["h, m, s, ms, us, ns"]),
        .init("barrier_timeout=0s", code: .outOfRange, says: ["1ms to 168h"]),
        .init("barrier_timeout=169h", code: .outOfRange, says: ["1ms to 168h"]),
        .init("barrier_absent=wait", code: .unknownValue, says: ["continue, end"]),
        .init("report=loss", code: .wrongType, says: ["a list", "[loss]"]),
        .init("report=[score]", code: .unknownValue, says: ["\"score\"", "loss"]),
        .init("optimum=low", code: .wrongType, says: ["optimum"]),
        .init("stop={}", code: .missingKey, says: ["at least one of residual, updates, epochs"]),
        .init("stop=100", code: .wrongType, says: ["a mapping with keys (residual, updates, epochs)"]),
        .init("stop.epochs=0", code: .outOfRange, says: ["at least 1"]),
        .init("stop.residual=0", code: .outOfRange, says: ["above 0"]),
        .init("name=", code: .missingKey, says: ["name"]),
        .init("name=../up", code: .outOfRange, says: ["\"../up\"", "letters"]),
        .init("name=[a]", code: .wrongType, says: ["a list of 1"]),
        .init("tasks=[]", code: .outOfRange, says: ["at least 1 task"]),
        .init(
            "tasks=[{name: a, site: s}]", code: .missingKey, says: ["dimension", "the intercept included"]),
        .init("tasks=[{name: a}]", code: .missingKey, says: ["tasks.1.site"]),
        .init("tasks=[{name: a, sitte: s}]", code: .unknownKey, says: ["did you mean `tasks.1.site`?"]),
        .init("tasks=[a]", code: .wrongType, says: ["tasks.1", "name, site, loss, weight"]),
        .init(
            "dimension=2", "tasks=[{name: a, site: s}, {name: a, site: r}]", code: .duplicateKey,
            says: ["\"a\" twice"]),
        .init("dimension=2", "tasks=[{name: a, site: s/t}]", code: .outOfRange, says: ["\"s/t\"", "a site"]),
        .init(
            "dimension=2", "tasks=[{name: \"a\\tb\", site: s}]", code: .outOfRange,
            says: ["a task", "control"]),
        .init(
            "dimension=2", "tasks=[{name: \"a\\u200Fb\", site: s}]", code: .outOfRange, says: ["formatting"]),
        .init("dimension=2", "tasks=[{name: a, site: s, weight: 0}]", code: .outOfRange, says: ["weight"]),
        .init(
            "dimension=2", "tasks=[{name: alpha, site: s}]", "task_weights={alhpa: 2}",
            code: .impossibleCombination,
            says: ["did you mean \"alpha\"?"]),
        .init(
            "dimension=2", "tasks=[{name: a, site: s}]", "loss={default: squared, b: logistic}",
            code: .impossibleCombination, says: ["\"b\""]),
        .init(
            "dimension=2", "tasks=[{name: a, site: s, loss: squared}]",
            "loss={default: squared, a: logistic}",
            code: .impossibleCombination, says: ["one loss a task"]),
        .init(
            "dimension=2", "tasks=[{name: a, site: s, weight: 1}]", "task_weights.a=2",
            code: .impossibleCombination, says: ["one weight a task"]),
        .init("task_weights={a: -1}", code: .outOfRange, says: ["task_weights.a"]),
        .init("dimension=0", code: .outOfRange, says: ["from 1 to 1000000"]),
        .init("dimension=1", "intercept=penalized", code: .impossibleCombination, says: ["at least 2"]),
    ]

    @Test("a wrong setting is refused with key, value, what is allowed and the fix", arguments: wrong)
    func wrongSettings(wrong: WrongSetting) throws {
        let error = try #require(StudyTexts.refusal(StudyTexts.minimal, set: wrong.settings))
        #expect(error.code == wrong.code, "\(error)")
        for text in wrong.says { #expect(error.message.contains(text), "\(error)") }
    }

    static let wrongData: [WrongSetting] = [
        .init("data={}", code: .missingKey, says: ["data.path"]),
        .init("data={path: a.csv}", code: .missingKey, says: ["data.task_column", "`task`"]),
        .init(
            "data={path: a.csv, task_column: t, task: u}", code: .impossibleCombination, says: ["data.task"]),
        .init(
            "data={path: a.csv, files: {a: b}}", code: .impossibleCombination,
            says: ["either `path` or `files`"]),
        .init("data={files: {}}", code: .outOfRange, says: ["got 0 files"]),
        .init("data={files: {a: [b]}}", code: .wrongType, says: ["data.files.a"]),
        .init("data={path: $HOME/a.csv, task: t}", code: .unknownValue, says: ["${ATOLL_DATA}", "$HOME"]),
        .init("data={path: 'a/${ATOLL_DATA}', task: t}", code: .unknownValue, says: ["beginning with"]),
        .init("data={path: '${ATOLL_DATA}x', task: t}", code: .unknownValue, says: ["data.path"]),
        .init("data={path: a.csv, task_column: y}", code: .impossibleCombination, says: ["target_column"]),
        .init(
            "data={path: a.csv, task_column: t, feature_columns: [x, y]}", code: .impossibleCombination,
            says: ["remove \"y\""]),
        .init(
            "data={path: a.csv, task: t, feature_columns: [x, x]}", code: .duplicateKey,
            says: ["listed twice"]),
        .init("data={path: a.csv, task: t, feature_columns: []}", code: .outOfRange, says: ["at least 1"]),
        .init("data={path: a.csv, task: t, feature_columns: x}", code: .wrongType, says: ["a list"]),
        .init("data={path: a.csv, task: t, train_fraction: 0}", code: .outOfRange, says: ["at most 1"]),
        .init("data={path: a.csv, task: t, train_fraction: 70%}", code: .wrongType, says: ["\"70%\""]),
        .init(
            "data={path: a.csv, task: t, validation_fraction: 1}", code: .outOfRange,
            says: ["below 1", "0.2"]),
        .init("data={path: a.csv, task: t, split_seed: -1}", code: .outOfRange, says: ["data.split_seed"]),
        .init("data=a.csv", code: .wrongType, says: ["data: got \"a.csv\"", "a mapping"]),
    ]

    @Test("a wrong description of data is refused", arguments: wrongData)
    func wrongDataSettings(wrong: WrongSetting) throws {
        let error = try #require(StudyTexts.refusal(StudyTexts.minimal, set: wrong.settings))
        #expect(error.code == wrong.code, "\(error)")
        for text in wrong.says { #expect(error.message.contains(text), "\(error)") }
    }

    @Test("an error in the file names file and line; one in an override names --set")
    func origins() throws {
        let inFile = try #require(StudyTexts.refusal(StudyTexts.minimal + "\nrelaxation: 3"))
        #expect(inFile.message.hasPrefix("/nowhere/study.yaml:7: relaxation: got \"3\""), "\(inFile)")
        let inOverride = try #require(StudyTexts.refusal(StudyTexts.minimal, set: ["relaxation=3"]))
        #expect(inOverride.message.hasPrefix("--set relaxation: relaxation: got \"3\""), "\(inOverride)")
        let unknown = try #require(StudyTexts.refusal(StudyTexts.minimal + "\n\n\nlamda:\n  3"))
        #expect(unknown.message.hasPrefix("/nowhere/study.yaml:9: unknown key"), "\(unknown)")
    }

    @Test("a key without a value in a file is refused, not defaulted")
    func emptyValue() throws {
        let error = try #require(StudyTexts.refusal(StudyTexts.minimal + "\nrelaxation:"))
        #expect(error.code == .wrongType)
        #expect(error.message.contains("it has no value"))
    }

    @Test("a study is filled in only consistently")
    func fillingIn() throws {
        let study = try StudyTexts.parse(StudyTexts.minimal)
        #expect(throws: ConfigurationError(.notDeployable, "")) { try study.requireDeployable() }
        #expect(throws: ConfigurationError(.notDeployable, "")) {
            _ = try study.filledIn(tasks: [], dimension: 2)
        }
        let tasks = [TaskAssignment(name: "a", site: "s"), TaskAssignment(name: "b", site: "t")]
        let filled = try study.filledIn(tasks: tasks, dimension: 2)
        try filled.requireDeployable()
        #expect(filled.tasks == tasks && filled.dimension == 2)
        #expect(throws: ConfigurationError(.outOfRange, "")) {
            _ = try study.filledIn(tasks: tasks, dimension: 0)
        }
        #expect(throws: ConfigurationError(.duplicateKey, "")) {
            _ = try study.filledIn(tasks: tasks + [tasks[0]], dimension: 2)
        }
        let bad = [TaskAssignment(name: "a", site: "s", weight: .nan)]
        #expect(throws: ConfigurationError(.outOfRange, "")) {
            _ = try study.filledIn(tasks: bad, dimension: 2)
        }
    }
}
