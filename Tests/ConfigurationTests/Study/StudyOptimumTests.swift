import Configuration
import Testing

/// A file's optimum is of the file's problem, whatever is overridden.
@Suite struct StudyOptimumTests {
    /// This file is <checkout>/Tests/ConfigurationTests/Study/StudyOptimumTests.swift.
    private static let school =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/configs/school.yaml"

    static let changes: [[String]] = [
        ["features=raw"], ["intercept=penalized"], ["loss.default=logistic"], ["loss.null=squared"],
        ["loss_scale=sum"], ["task_weights.a=0.2"], ["l1_ratio=0.26"], ["lambda=0.002"],
        ["regularizer=nuclear", "l1_ratio=null"], ["feature_columns=[f 2, f1]"], ["data=null"],
        ["data.files.a=/elsewhere/a.csv"], ["data.target_column=x3"], ["data.feature_columns=[x1, x3]"],
        ["data.train_fraction=1"], ["data.validation_fraction=0.25"], ["data.split_seed=8"],
        ["data.person_column=who"],
    ]

    @Test(
        "it is left out where an override changes the problem, with a warning that names the keys",
        arguments: changes)
    func changed(set: [String]) throws {
        let study = try StudyTexts.parse(StudyTexts.full, set: set)
        #expect(study.optimum == nil)
        let keys = set.compactMap { $0.split(separator: "=").first.map(String.init) }
        #expect(study.withdrawnOptimum?.value == -12.5 && study.withdrawnOptimum?.keys == keys)
        let warning = try #require(study.optimumWarning)
        #expect(warning.contains("optimum -12.5 is left out"))
        #expect(warning.contains("--set \(keys.joined(separator: ", ")) changes the problem"))
        #expect(study.explanation.warnings.contains(warning))
        #expect(!study.yaml().contains("optimum"))
        let stated = try StudyTexts.parse(StudyTexts.full, set: set + ["optimum=7"])
        #expect(stated.optimum == 7 && stated.optimumWarning == nil)
        let without = try StudyTexts.parse(StudyTexts.full, set: ["optimum=null"] + set)
        #expect(without.optimum == nil && without.optimumWarning == nil)
    }

    static let others: [[String]] = [
        ["splitting=douglas-rachford"], ["eta=0.1"], ["mode=asynchronous"], ["relaxation=0.5"],
        ["encoding=float64"], ["stop.epochs=9"], ["prox_tolerance=1e-8"], ["maximum_delay=3"],
        ["report=[]"], ["name=other"],
        // The problem as it is, written anew.
        ["lambda=0.001"], ["features=zscore", "loss_scale=mean"], ["task_weights={a: 0.10}"],
        ["data.source=https://example.org/elsewhere"], ["l1_ratio=0.5", "l1_ratio=0.25"],
        [
            "tasks=[{name: a, site: west}, {name: b 2, site: west, loss: logistic, weight: 2.5}, "
                + "{name: 'null', site: west, loss: logistic}]"
        ],
    ]

    @Test("it stays where the method changes, or nothing does", arguments: others)
    func unchanged(set: [String]) throws {
        let study = try StudyTexts.parse(StudyTexts.full, set: set)
        #expect(study.optimum == -12.5 && study.withdrawnOptimum == nil)
        #expect(study.explanation.warnings.allSatisfy { !$0.contains("left out") })
    }

    @Test("the order of tasks is part of a temporal problem")
    func order() throws {
        let temporal = StudyTexts.full.replacing("regularizer: elastic-net", with: "regularizer: temporal")
            .replacing("l1_ratio: 0.25\n", with: "")
        let tasks = [
            "{name: b 2, site: west, loss: logistic, weight: 2.5}", "{name: a, site: west}",
            "{name: 'null', site: west, loss: logistic}",
        ]
        func optimum(_ tasks: [String]) throws -> Double? {
            try StudyTexts.parse(temporal, set: ["tasks=[\(tasks.joined(separator: ", "))]"]).optimum
        }
        #expect(try optimum(tasks) == -12.5)
        #expect(try optimum(tasks.reversed()) == nil)
    }

    @Test("the seed of a split that holds nothing out changes nothing")
    func wholeSplit() throws {
        let text = StudyTexts.full.replacing("train_fraction: 0.75", with: "train_fraction: 1")
            .replacing("validation_fraction: 0.125", with: "validation_fraction: 0")
        #expect(try StudyTexts.parse(text, set: ["data.split_seed=8"]).optimum == -12.5)
        #expect(try StudyTexts.parse(text, set: ["data.train_fraction=0.5"]).optimum == nil)
    }

    @Test("a file that is whole only with overrides: its problem must be its own, its method need not be")
    func incompleteFile() throws {
        let text = StudyTexts.minimal + "\noptimum: 3"
        let withoutEta = text.replacing("eta: 0.5\n", with: "")
        #expect(try StudyTexts.parse(withoutEta, set: ["eta=0.5", "lambda=2.0"]).optimum == 3)
        let withoutLambda = text.replacing("lambda: 2\n", with: "")
        let study = try StudyTexts.parse(withoutLambda, set: ["lambda=2"])
        #expect(study.optimum == nil && study.withdrawnOptimum?.keys == ["lambda"])
        #expect(try StudyTexts.parse(StudyTexts.minimal, set: ["lambda=3"]).optimumWarning == nil)
    }

    @Test(
        "School: raw features alone have no optimum, with their own they have it; a method keeps the file's")
    func school() throws {
        func study(_ set: String...) throws -> StudyConfiguration {
            try StudyConfiguration.load(path: Self.school, overrides: set)
        }
        #expect(try study().optimum == 704454.5245)
        let raw = try study("features=raw")
        #expect(raw.optimum == nil && raw.withdrawnOptimum?.value == 704454.5245)
        for setting in ["splitting=douglas-rachford", "eta=0.001", "mode=synchronous", "lambda=1e2"] {
            #expect(try study(setting).optimum == 704454.5245, "\(setting)")
        }
        let known = try study("features=raw", "intercept=none", "optimum=725844.6778")
        #expect(known.optimum == 725844.6778 && known.optimumWarning == nil)
    }
}
