internal import ArgumentParser
internal import Configuration
internal import OperatorCommands
internal import PrivacyAccounting
internal import Reporting
internal import TestSupport
internal import Testing

@Suite struct StudyCheckTests {
    /// This file is <checkout>/Tests/OperatorCommandsTests/StudyCheckTests.swift.
    private static let configs =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/configs/"

    private func check(
        _ arguments: [String], _ captured: CapturedStreams = CapturedStreams()
    ) throws -> JSONValue {
        try StudyCheckCommand.parse(arguments + ["--json"]).run(captured.streams)
        return try captured.json()
    }

    @Test("a deployed study: tasks, sites, sizes, bound and digest")
    func deployed() throws {
        let path = Self.configs + "study.yaml"
        let json = try check([path])
        let study = try StudyConfiguration.load(path: path)
        #expect(json["deployable"] == true && json["filled_in"] == false && json["data"] == JSONValue.null)
        #expect(json["tasks"] == 3 && json["sites"] == 2 && json["dimension"] == 13)
        #expect(json["bytes_per_update"]?.integerValue == study.explanation.updateByteCount)
        #expect(json["digest"] == JSONValue(study.explanation.digest))
        let bound = try #require(json["arock_bound"])
        #expect(bound["relaxation"]?.doubleValue == study.explanation.delayBound?.relaxationBound)
        #expect(bound["assumed"] == true && bound["maximum_delay"] == 4)
        #expect(json["stops"]?.elements?.count == 2)
        #expect(json["warnings"]?.elements?.count == 1)
        #expect(json["prox_tolerance"] == 1e-6 && json["maximum_factor_age"] == 0)
    }

    @Test(
        "what the prox may err and how old its factor may be, in text, where there is one",
        arguments: [
            ("regularizer=nuclear", 2, "with every column"), ("regularizer=cmtl", 2, "with every column"),
            ("regularizer=cmtl", 20, "factor at most 3 updates old (bound 10, half the tasks)"),
            ("regularizer=nuclear", 20, "with every column"), ("regularizer=l21", 20, nil),
        ] as [(String, Int, String?)])
    func prox(regularizer: String, taskCount: Int, text: String?) throws {
        let tasks = (1...taskCount).map { "{name: t\($0), site: north}" }.joined(separator: ", ")
        let columns = (1...19).map { "f\($0)" }.joined(separator: ", ")
        let settings = [
            "prox_tolerance=1e-8", "maximum_factor_age=\(taskCount > 2 ? 3 : 1)", regularizer,
            "tasks=[\(tasks)]", "feature_columns=[\(columns)]", "dimension=20",
        ]
        let captured = CapturedStreams()
        try StudyCheckCommand.parse([Self.configs + "study.yaml"] + settings.flatMap { ["--set", $0] })
            .run(captured.streams)
        guard let text else {
            #expect(!captured.results.contains("prox "))
            return
        }
        #expect(captured.results.contains("error at most 1e-08 of the columns' norm, \(text)"))
    }

    @Test(
        "a prox that iterates over all tasks is said to be meant for few",
        arguments: ["robust", "pairwise", "split"])
    func iteratedProx(regularizer: String) throws {
        let captured = CapturedStreams()
        try StudyCheckCommand.parse([Self.configs + "study.yaml", "--set", "regularizer=\(regularizer)"])
            .run(captured.streams)
        #expect(captured.results.contains("an iteration over all tasks at every update"))
        #expect(captured.results.contains("may be an iteration") == (regularizer == "split"))
    }

    @Test("the demo: what a run fills in, and eta's bound on its data")
    func demo() throws {
        let json = try check([Self.configs + "demo.yaml"])
        #expect(json["deployable"] == true && json["filled_in"] == true)
        #expect(json["tasks"] == 5 && json["sites"] == 5 && json["dimension"] == 65)
        let data = try #require(json["data"])
        #expect(data["present"] == true && data["records"] == 1797 && data["dimension"] == 65)
        #expect(try #require(data["eta_bound"]?.doubleValue) > 0.002)
        // 80 releases of multiplier 19.4 are one of 19.4 / sqrt(80), at twice the distance under replace-one.
        let exact = GaussianPrivacy.epsilon(delta: 1e-5, mu: 2 * 80.0.squareRoot() / 19.4)
        let epsilon = try #require(json["privacy"]?["epsilon_task"]?.doubleValue)
        #expect(abs(epsilon / exact - 1) < 1e-9 && epsilon < 4)
        #expect(json["privacy"]?["run_ceiling"]?.doubleValue == 4 && json["privacy"]?["tasks_of_site"] == 1)
        let two = try check([Self.configs + "demo.yaml", "--sites", "2"])
        #expect(two["sites"] == 2 && two["digest"] != json["digest"])
        // A site with three tasks of the same people spends what all of them do.
        #expect(two["privacy"]?["tasks_of_site"] == 3)
        let all = GaussianPrivacy.epsilon(delta: 1e-5, mu: 2 * 240.0.squareRoot() / 19.4)
        let spent = try #require(two["privacy"]?["epsilon_site"]?.doubleValue)
        #expect(abs(spent / all - 1) < 1e-9)
    }

    @Test("scores are part of what a private study will spend")
    func scores() throws {
        let score = ["--set", "privacy.score_noise_multiplier=10"]
        let json = try check([Self.configs + "demo.yaml"] + score)
        let mu = 2 * (80 / (19.4 * 19.4) + 1 / (10.0 * 10)).squareRoot()
        let exact = GaussianPrivacy.epsilon(delta: 1e-5, mu: mu)
        let epsilon = try #require(json["privacy"]?["epsilon_task"]?.doubleValue)
        #expect(abs(epsilon / exact - 1) < 1e-9 && epsilon > 4)
        #expect(json["privacy"]?["score_noise_multiplier"]?.doubleValue == 10)
        let lines = try StudyCheck(
            path: Self.configs + "demo.yaml", overrides: ["privacy.score_noise_multiplier=10"])
        #expect(lines.text.contains("updates of a task and its score"), "\(lines.text)")
    }

    @Test("--set changes the study; more than one key at once")
    func overrides() throws {
        let json = try check([
            Self.configs + "demo.yaml", "--set", "stop.epochs=7", "--set", "encoding=float64",
        ])
        let plain = try check([Self.configs + "demo.yaml"])
        #expect(json["stops"]?.elements?.last == "7 epochs (35 updates)")
        let difference = try #require(json["bytes_per_update"]?.integerValue)
        #expect(difference - (try #require(plain["bytes_per_update"]?.integerValue)) == 4 * 65)
        #expect(throws: ConfigurationError(.unknownKey, "")) {
            try check([Self.configs + "demo.yaml", "--set", "lamda=1"])
        }
    }

    @Test("an eta that does not converge: the result, then the refusal")
    func largeEta() throws {
        let captured = CapturedStreams()
        let arguments = [Self.configs + "demo.yaml", "--set", "privacy=null", "--set", "eta=0.6"]
        #expect(throws: CommandError(.refusedStudy, "")) { try check(arguments, captured) }
        #expect(try captured.json()["data"]?["present"] == true)
        // Clipped gradients are bounded whatever the records say, and what they say stays with them.
        _ = try check([Self.configs + "demo.yaml", "--set", "eta=0.6"])
    }

    @Test(
        "the School study's largest Lipschitz constant is the reference's",
        .enabled(if: SharedFiles.path("data/school/school.csv") != nil, "skipped: no data"))
    func school() throws {
        let json = try check([Self.configs + "school.yaml", "--sites", "8"])
        #expect(json["tasks"] == 139 && json["sites"] == 8 && json["dimension"] == 29)
        let bound = try #require(json["data"]?["eta_bound"]?.doubleValue)
        #expect(abs(2 / bound - 920.9) < 0.05)
        #expect(json["arock_bound"]?["maximum_delay"] == 16)
    }

    @Test("absent data are said, and the study is still explained")
    func absentData() throws {
        let folder = try TemporaryFolder()
        let study = try folder.write(
            Self.text(data: "data: {path: nowhere.csv, task_column: t}"), to: "s.yaml")
        let json = try check([study])
        #expect(json["deployable"] == false && json["tasks"] == JSONValue.null)
        #expect(json["data"]?["present"] == false)
        #expect(json["data"]?["reason"]?.stringValue?.contains("nowhere.csv") == true)
        let captured = CapturedStreams()
        try StudyCheckCommand.parse([study]).run(captured.streams)
        #expect(captured.results.contains("names no tasks"))
        #expect(captured.results.contains("(of the study without its tasks)"))
    }

    private static func text(data: String, dimension: String = "") -> String {
        """
        name: small
        \(data)
        \(dimension)
        loss: squared
        regularizer: l21
        lambda: 1
        eta: 0.01
        stop: {epochs: 1}
        """
    }

    @Test("a dimension or sites that do not fit are refused")
    func misfits() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("t,x,y\na,1,2\nb,2,3\n", to: "d.csv")
        let data = "data: {path: d.csv, task_column: t}\ntasks: [{name: a, site: s1}, {name: b, site: s2}]"
        let wrong = try folder.write(Self.text(data: data, dimension: "dimension: 2"), to: "wrong.yaml")
        #expect(throws: CommandError(.refusedStudy, "")) { try check([wrong]) }
        let right = try folder.write(Self.text(data: data, dimension: "dimension: 1"), to: "right.yaml")
        #expect(try check([right])["filled_in"] == false)
        #expect(throws: CommandError(.unusableInput, "")) { try check([right, "--sites", "2"]) }
    }

    @Test(
        "files that are no studies are refused", arguments: ["site.yaml", "aggregator.yaml", "absent.yaml"])
    func noStudy(name: String) {
        #expect(throws: ConfigurationError.self) { try check([Self.configs + name]) }
    }

    @Test("the text for people has warnings and every part")
    func text() throws {
        let captured = CapturedStreams()
        try StudyCheckCommand.parse([Self.configs + "demo.yaml"]).run(captured.streams)
        for part in [
            "tasks             5\n", "ARock's bound", "eta's bound", "ends at", "digest", "atoll run",
            "warning: ",
        ] {
            #expect(captured.results.contains(part), "\(part)")
        }
    }

    @Test(
        "tasks are spread in contiguous blocks of even size",
        arguments: [(1, 1), (5, 5), (139, 8), (139, 139), (3, 8), (29, 4), (10, 3)])
    func assignment(taskCount: Int, siteCount: Int) {
        let tasks = (0..<taskCount).map { "task \($0)" }
        let assignments = StudyAssignment.assignments(tasks: tasks, siteCount: siteCount)
        #expect(assignments.map(\.name) == tasks)
        let owners = assignments.map(\.site)
        #expect(owners == owners.sorted())
        let sizes = Set(owners).map { owner in owners.count { $0 == owner } }
        #expect(sizes.count == min(taskCount, siteCount))
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
}
