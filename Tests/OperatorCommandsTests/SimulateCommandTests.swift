internal import ArgumentParser
internal import Federation
internal import OperatorCommands
internal import Reporting
internal import Simulation
internal import TestSupport
internal import Testing

@Suite struct SimulateCommandTests {
    private let folder: TemporaryFolder
    private let study: String

    init() throws {
        folder = try TemporaryFolder()
        study = try SmallStudy.write(
            to: folder, settings: "eta: 0.01", "stop: {residual: 1e-2, epochs: 300}")
    }

    private func simulate(_ arguments: String...) throws -> JSONValue {
        let captured = CapturedStreams()
        try SimulateCommand.parse([study] + arguments + ["--json"]).run(captured.streams)
        return try captured.json()
    }

    @Test(
        "it goes beyond the residual at which the study stops, and says when each suboptimality was reached")
    func result() throws {
        let json = try simulate("--seed", "3")
        let epochs = try #require(json["epochs_to"])
        var last = 0
        for exponent in 1...8 {
            let epoch = try #require(epochs["1e-\(exponent)"]?.integerValue)
            #expect(epoch >= last && epoch >= 1)
            last = epoch
        }
        let suboptimality = try #require(json["relative_suboptimality"]?.doubleValue)
        #expect(suboptimality <= 1e-8 && suboptimality > -1e-9)
        #expect(json["updates"]?.integerValue == 6 * last)
        #expect(json["staleness_max"] == 0 && json["seed"] == 3)
        let seconds = try #require(json["virtual_seconds"]?.doubleValue)
        // One update a second and task on average.
        #expect(seconds > 0.5 * Double(last) && seconds < 2 * Double(last))
        let bytes = try #require(json["bytes_up"]?.integerValue)
        #expect(bytes > 6 * last * 12)
    }

    @Test("factors that take virtual time are counted, and their age is within the study's bound")
    func refresh() throws {
        let json = try simulate("--refresh", "20ms", "--set", "maximum_factor_age=2")
        #expect(try #require(json["relative_suboptimality"]?.doubleValue) <= 1e-8)
        #expect(try #require(json["factor_refreshes"]?.integerValue) > 0)
        #expect((1...3).contains(try #require(json["factor_age_max"]?.integerValue)))
        #expect(try simulate("--compute", "5ms")["factor_refreshes"] == .null)
        let error = #expect(throws: CommandError.self) { try simulate("--refresh", "20ms") }
        // An eighth of 6 tasks is no age at all.
        #expect("\(try #require(error))".contains("--set maximum_factor_age=N, N at most 3"))
        #expect(throws: CommandError.self) {
            try simulate("--refresh", "20ms", "--set", "mode=synchronous")
        }
        #expect(throws: CommandError.self) {
            try simulate("--refresh", "site-1=20ms", "--set", "maximum_factor_age=2")
        }
    }

    @Test("what is not reached is null")
    func notReached() throws {
        let json = try simulate("--epochs", "2")
        #expect(json["updates"] == 12)
        #expect(json["epochs_to"]?["1e-8"] == .null)
        let whole = try simulate("--until", "0", "--epochs", "30")
        #expect(whole["updates"] == 180)
    }

    @Test(
        "the same seed gives the same bytes, another seed others",
        arguments: [
            [], ["--refresh", "1ms+9ms", "--set", "maximum_factor_age=3"], ["--staleness", "uniform:0..6"],
            ["--staleness", "overlapping:1..4"],
            ["--compute", "5ms+20ms", "--compute", "site-2=pareto:10ms,1.5", "--network", "2ms+1ms"],
            ["--bandwidth", "1000", "--drop-out", "0.02", "--sites", "3", "--in-flight", "2"],
            ["--set", "mode=synchronous"], ["--set", "splitting=backward-forward"],
        ])
    func seeds(arguments: [String]) throws {
        func text(_ seed: String) throws -> String {
            let captured = CapturedStreams()
            try SimulateCommand.parse([study, "--epochs", "20", "--seed", seed, "--json"] + arguments)
                .run(captured.streams)
            return try captured.json().indentedText
        }
        #expect(try text("5") == text("5"))
        #expect(try text("5") != text("6"))
    }

    @Test("staleness is what was asked for")
    func staleness() throws {
        let uniform = try simulate("--staleness", "uniform:0..6", "--until", "0", "--epochs", "100")
        let overlapping = try simulate("--staleness", "overlapping:2..6", "--until", "0", "--epochs", "100")
        let mean = try #require(overlapping["staleness_mean"]?.doubleValue)
        // Uniform in 2...6: mean 4, deviation sqrt(2) over 600 updates.
        #expect(abs(mean - 4) < 0.3)
        #expect(overlapping["staleness_max"] == 6 && uniform["staleness_max"] == 6)
        let bounded = try #require(uniform["staleness_mean"]?.doubleValue)
        #expect(bounded > 1 && bounded < 3)
        #expect(overlapping["relative_suboptimality"]?.doubleValue ?? 1 < 1e-6)
        #expect(uniform["relative_suboptimality"]?.doubleValue ?? 1 < 1e-6)
    }

    @Test("with delays staleness follows, and drop-outs and slow lines cost time")
    func delays() throws {
        let fast = try simulate("--compute", "10ms+10ms")
        #expect(fast["relative_suboptimality"]?.doubleValue ?? 1 <= 1e-8)
        #expect(fast["staleness_mean"]?.doubleValue ?? 0 > 2)
        let slow = try simulate("--compute", "10ms+10ms", "--bandwidth", "100")
        #expect(
            slow["virtual_seconds"]?.doubleValue ?? 0 > 2 * (fast["virtual_seconds"]?.doubleValue ?? 1e9))
        let away = try simulate("--compute", "10ms+10ms", "--drop-out", "0.1")
        #expect(away["drop_outs"]?.integerValue ?? 0 > 0)
        #expect(away["relative_suboptimality"]?.doubleValue ?? 1 <= 1e-8)
    }

    @Test(
        "a site that there is not is refused, with those that there are",
        arguments: ["--compute", "--network"])
    func unknownSite(option: String) throws {
        let error = #expect(throws: CommandError(.unusableInput, "")) { try simulate(option, "nosuch=60s") }
        let message = try #require(error).message
        #expect(message.hasPrefix(option) && message.contains("'nosuch'"))
        #expect(message.contains("allowed: site-1, site-2, site-3, site-4, site-5, site-6;"))
        let two = #expect(throws: CommandError(.unusableInput, "")) {
            try simulate(option, "site-6=60s", "--sites", "2")
        }
        #expect(try #require(two).message.contains("allowed: site-1, site-2;"))
        #expect(try simulate(option, "site-6=6ms", "--epochs", "2")["updates"] == 12)
    }

    @Test("laws that are of no single site are refused with one")
    func foreignSite() throws {
        for arguments in [["--drop-out", "0.1", "--absence", "site-1=1s"], ["--refresh", "site-1=1s"]] {
            let command = try SimulateCommand.parse([study] + arguments)
            let error = #expect(throws: CommandError(.unusableInput, "")) {
                try command.run(CapturedStreams().streams)
            }
            #expect(try #require(error).message.contains("leave out the site"), "\(arguments)")
        }
    }

    @Test("recorded delays of both laws: the same seed gives the same bytes, another seed others")
    func recordings() throws {
        let compute = try folder.write("seconds\n0.01\n0.03\n0.002\n0.05\n0.02\n", to: "compute.csv")
        let network = try folder.write("seconds\n0.001\n0.004\n0.002\n", to: "network.csv")
        func text(_ seed: String) throws -> String {
            try simulate("--epochs", "10", "--seed", seed, "--compute", compute, "--network", network)
                .indentedText
        }
        #expect(try text("5") == text("5"))
        #expect(try text("5") != text("6"))
    }

    @Test("a study that names an optimum is measured against it")
    func optimum() throws {
        let json = try simulate("--set", "optimum=1000", "--epochs", "3")
        let objective = try #require(json["objective"]?.doubleValue)
        #expect(json["relative_suboptimality"]?.doubleValue == (objective - 1000) / 1000)
    }

    @Test(
        "arguments that make no sense are refused",
        arguments: [
            ["--staleness", "uniform:5..2"], ["--staleness", "uniform"], ["--staleness", "old:0..2"],
            ["--staleness", "uniform:-1..2"], ["--staleness", "uniform:0..100001"],
            ["--staleness", "uniform:0..5", "--sites", "2"], ["--drop-out", "1"], ["--absence", "1s"],
            ["--bandwidth", "0"], ["--in-flight", "65"], ["--epochs", "0"], ["--until", "-1"],
            ["--seed", "-1"], ["--sites", "0"],
        ])
    func refused(arguments: [String]) {
        #expect(throws: (any Error).self) { try SimulateCommand.parse(["study.yaml"] + arguments) }
    }

    @Test("staleness is for asynchronous studies")
    func synchronousStaleness() throws {
        #expect(throws: CommandError(.unusableInput, "")) {
            try simulate("--set", "mode=synchronous", "--staleness", "uniform:0..2")
        }
    }

    @Test(
        "laws of delays",
        arguments: [
            ("10ms", DelayLaw.constant(.milliseconds(10))),
            ("5s+2s", .offsetExponential(offset: .seconds(5), mean: .seconds(2))),
            ("pareto:10ms,1.5", .pareto(minimum: .milliseconds(10), shape: 1.5)),
        ])
    func laws(text: String, law: DelayLaw) throws {
        #expect(try DelayLawText(text).law == law)
        #expect(try DelayLawText(text).site == nil)
        let own = try DelayLawText("site-3=" + text)
        #expect(own.law == law && own.site == SiteName("site-3"))
    }

    @Test(
        "what is no law is refused with what is allowed",
        arguments: [
            "", "10", "ms", "-1s", "1s+2s+3s", "pareto:10ms", "pareto:10ms,0", "pareto:x,1", "none.csv",
        ])
    func badLaw(text: String) {
        #expect(throws: CommandError(.unusableInput, "")) { try DelayLawText(text) }
    }

    @Test("a trace is read line by line, and a bad line is named")
    func trace() throws {
        let path = try folder.write("seconds\n0.5\n2\n", to: "trace.csv")
        #expect(
            try DelayLawText("site-1=\(path)").law == .trace([.milliseconds(500), .seconds(2)]))
        let bad = try folder.write("seconds\n0.5\n-2\n", to: "bad.csv")
        let error = #expect(throws: CommandError(.unusableInput, "")) { try DelayLawText(bad) }
        #expect(error?.message.contains("line 3") == true)
        let headless = try folder.write("0.5\n", to: "headless.csv")
        #expect(throws: CommandError(.unusableInput, "")) { try DelayLawText(headless) }
    }

    @Test(
        "School at the defaults",
        .enabled(if: SharedFiles.path("data/school/school.csv") != nil, "skipped: no data"),
        arguments: [
            ([], [16, 27, 42]), (["--staleness", "uniform:0..139"], [20, 32]),
            (["--staleness", "overlapping:0..139"], [35, 50]),
            (
                ["--set", "features=raw", "--set", "intercept=none", "--set", "optimum=725844.6778"],
                [32, 45]
            ),
        ] as [([String], [Int])])
    func school(arguments: [String], bounds: [Int]) throws {
        let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let captured = CapturedStreams()
        try SimulateCommand.parse(
            ["/\(checkout)/configs/school.yaml", "--set", "splitting=douglas-rachford", "--until"]
                + [bounds.count > 2 ? "1e-8" : "1e-6"] + arguments + ["--json"]
        ).run(captured.streams)
        let epochs = try #require(try captured.json()["epochs_to"])
        for (exponent, bound) in zip([4, 6, 8], bounds) {
            #expect(try #require(epochs["1e-\(exponent)"]?.integerValue) <= bound)
        }
    }
}
