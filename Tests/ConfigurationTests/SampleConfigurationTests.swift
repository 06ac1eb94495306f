import Configuration
import FoundationEssentials
import MultiTaskLearning
import TestSupport
import Testing

@Suite struct SampleConfigurationTests {
    /// This file is <checkout>/Tests/ConfigurationTests/SampleConfigurationTests.swift.
    private static let configs =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/configs"

    static let studies = [
        "demo.yaml", "landmine.yaml", "landmine-split.yaml", "school.yaml", "study.yaml",
    ]

    private func load(_ name: String, set: [String] = []) throws -> StudyConfiguration {
        try StudyConfiguration.load(path: Self.configs + "/" + name, overrides: set)
    }

    @Test("every sample is loaded by a test")
    func allSamples() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.configs)
        #expect(
            Set(files.filter { $0.hasSuffix(".yaml") })
                == Set(Self.studies + ["site.yaml", "aggregator.yaml"]))
    }

    @Test("a sample study loads, in both modes, and reads back", arguments: studies)
    func studyLoads(name: String) throws {
        let study = try load(name)
        #expect(try StudyTexts.parse(study.yaml()) == study)
        #expect(try load(name, set: ["mode=synchronous", "stop={updates: 1}"]).mode == .synchronous)
    }

    @Test("the School study is the reference problem")
    func school() throws {
        let study = try load("school.yaml")
        #expect(study.features == .zscore && study.intercept == .penalized)
        #expect(study.losses == LossAssignment(.squared) && study.lossScale == .sum)
        #expect(study.regularizer == .nuclear && study.lambda == 100 && study.optimum == 704454.5245)
        #expect(study.relaxation == 0.9 && study.eta ?? 1 < 2 / 920.9 && study.data?.trainFraction == 1)
    }

    @Test(
        "the School data are found beside the checkout",
        .enabled(if: SharedFiles.path("data/school/school.csv") != nil, "skipped: no data"))
    func schoolData() throws {
        try load("school.yaml").data?.requirePresent()
        try load("landmine.yaml").data?.requirePresent()
        try load("landmine-split.yaml").data?.requirePresent()
    }

    @Test("the split study names its two norms and their weights")
    func split() throws {
        let study = try load("landmine-split.yaml")
        #expect(study.regularizer == .split)
        #expect(try study.splitParts == SplitParts(.nuclear, .l1))
        #expect(study.regularizerParameters == [.firstWeight: 1, .secondWeight: 0.25, .addedRidge: 0])
        let other = try load("landmine-split.yaml", set: ["split_parts=[l21, columns]", "second_weight=0.7"])
        #expect(try other.splitParts == SplitParts(.l21, .columns))
    }

    @Test("the demo's data are in the repository")
    func demo() throws {
        let study = try load("demo.yaml")
        let data = try #require(study.data)
        try data.requirePresent()
        guard case .files(let files) = data.layout else {
            Issue.record("the demo has one file a task")
            return
        }
        #expect(files.map(\.task) == ["0v9", "1v8", "2v7", "3v6", "4v5"])
        #expect(study.loss(of: "0v9") == .logistic)
    }

    @Test("the deployable study can be deployed, and the site and aggregator samples go with it")
    func deployment() throws {
        let study = try load("study.yaml")
        try study.requireDeployable()
        #expect(study.explanation.warnings.filter { !$0.contains("ARock") }.isEmpty)
        let site = try SiteConfiguration.load(path: Self.configs + "/site.yaml")
        #expect(study.sites.contains(site.site))
        #expect(
            site.data.featureColumns == nil && study.featureColumns?.count == study.dimension.map { $0 - 1 })
        let aggregator = try AggregatorConfiguration.load(path: Self.configs + "/aggregator.yaml")
        #expect(aggregator.study == site.study && aggregator.study.hasSuffix("/configs/study.yaml"))
    }

    @Test("the reference page is what the code says")
    func reference() throws {
        let path = Self.configs + "/README.md"
        if ProcessInfo.processInfo.environment["ATOLL_WRITE_REFERENCE"] != nil {
            try Data(ConfigurationReference.markdown().utf8).write(to: URL(filePath: path))
        }
        let page = try String(contentsOfFile: path, encoding: .utf8)
        #expect(
            page == ConfigurationReference.markdown(),
            "run ATOLL_WRITE_REFERENCE=1 swift test --filter SampleConfigurationTests")
    }
}
