import Configuration
import Testing

@Suite struct StudyExplanationTests {
    private func study(
        _ overrides: [String] = [], tasks: Int = 139, sites: Int = 8
    ) throws -> StudyConfiguration {
        try StudyTexts.parse(StudyTexts.minimal, set: overrides).filledIn(
            tasks: (0..<tasks).map { TaskAssignment(name: "t\($0)", site: "s\($0 % sites)") }, dimension: 29)
    }

    @Test("sizes follow from tasks, sites and encoding")
    func sizes() throws {
        let float32 = try study().explanation
        #expect(float32.taskCount == 139 && float32.siteCount == 8 && float32.dimension == 29)
        let byteCounts = try ["float64", "float32", "bfloat16"].map {
            try study(["encoding=\($0)"]).explanation.updateByteCount ?? 0
        }
        #expect(byteCounts[0] - byteCounts[1] == 4 * 29 && byteCounts[1] - byteCounts[2] == 2 * 29)
        #expect(float32.releaseByteCountMaximum == byteCounts[0])
        #expect(byteCounts[2] > 2 * 29)
    }

    @Test("ARock's bound is for maximum_delay, or else for twice the sites")
    func delayBound() throws {
        let assumed = try #require(try study().explanation.delayBound)
        #expect(assumed.isAssumed && assumed.maximumDelay == 16 && !assumed.isKept)
        #expect(abs(assumed.relaxationBound - 0.99 / (2 * 16 / 139.0.squareRoot() + 1)) < 1e-15)
        let named = try #require(try study(["maximum_delay=0", "relaxation=0.99"]).explanation.delayBound)
        #expect(!named.isAssumed && named.relaxationBound == 0.99 && named.isKept)
        #expect(try study(["maximum_delay=0", "relaxation=1"]).explanation.delayBound?.isKept == false)
    }

    @Test("a study that is not filled in explains what it can")
    func unfilled() throws {
        let explanation = try StudyTexts.parse(StudyTexts.minimal).explanation
        #expect(explanation.taskCount == nil && explanation.siteCount == nil && explanation.delayBound == nil)
        #expect(explanation.updateByteCount == nil && explanation.stops == ["3 epochs"])
        #expect(explanation.digest.count == 64)
    }

    @Test("stopping is said in updates too")
    func stops() throws {
        let set = ["stop.residual=1e-5", "stop.updates=9"]
        #expect(
            try study(set).explanation.stops == [
                "relative fixed-point residual at most 1e-05", "9 accepted updates", "3 epochs (417 updates)",
            ])
    }

    static let doubtful: [(set: [String], says: String)] = [
        (["relaxation=0.9"], "ARock's bound"),
        (["relaxation_policy=amtl-dynamic"], "2.303"),
        (["relaxation_policy=amtl-dynamic-capped"], "no convergence theorem"),
        (["relaxation_policy=delay-adaptive"], "no convergence theorem"),
        (["relaxation_policy=decreasing"], "exact steps need no shorter ones"),
        (["splitting=douglas-rachford"], "guarded by its residual"),
        (["splitting=douglas-rachford", "relaxation_policy=arock"], "set inertia to 0"),
        (["lambda=0"], "not coupled"),
        (["features=zscore", "intercept=none"], "without an intercept"),
        (["stop={residual: 1}"], "only a residual"),
        (["optimum=1", "data={path: a.csv, task: t, train_fraction: 0.5}"], "training part"),
        (["report=[loss]"], "aggregator learns"),
    ]

    @Test("each doubt is a warning, and a plain study has none")
    func warnings() throws {
        for (set, says) in Self.doubtful {
            let warnings = try study(set).explanation.warnings
            #expect(warnings.contains { $0.contains(says) }, "\(set): \(warnings)")
        }
        #expect(try study(["maximum_delay=0"]).explanation.warnings.isEmpty)
        #expect(try study(["mode=synchronous"]).explanation.warnings.isEmpty)
        #expect(try study(tasks: 1, sites: 1).explanation.warnings.contains { $0.contains("one task") })
        #expect(try study(tasks: 3, sites: 1).explanation.warnings.contains { $0.contains("one site") })
    }

    @Test(
        "shorter steps are doubted for exact ones alone: drawn records and noise are averaged out by them",
        arguments: [
            (StudyTexts.minimal, [], true), (StudyTexts.minimal, ["batch_size=16"], false),
            (StudyTexts.withPrivacy, [], false), (StudyTexts.withPrivacy, ["privacy=null"], true),
        ] as [(String, [String], Bool)])
    func decreasing(text: String, overrides: [String], isDoubted: Bool) throws {
        let study = try StudyTexts.parse(text, set: ["relaxation_policy=decreasing"] + overrides)
        let warnings = study.explanation.warnings
        #expect(warnings.contains(where: { $0.contains("exact steps") }) == isDoubted, "\(warnings)")
    }
}
