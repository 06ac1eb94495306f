import Configuration
import FoundationEssentials
import LinearAlgebra
import MultiTaskLearning
import TestSupport
import Testing

@Suite struct StudyRegularizerTests {
    private static let graph = """
        task,other,weight
        a,b,2.5
        "c, d",a,1
        """
    private static let covariance = """
        task,b,a,"c, d"
        a,0.5,2,0
        b,1,0.5,0
        "c, d",0,0,3
        """
    private static let tasks = #"tasks=[{name: a, site: s}, {name: b, site: s}, {name: "c, d", site: t}]"#

    /// What a study of this kind must say beside `regularizer`.
    private func required(_ kind: RegularizerKind, in folder: TemporaryFolder) throws -> [String] {
        switch kind.requiredStructure {
        case .graph: ["task_graph=\(try folder.write(Self.graph, to: "graph.csv"))"]
        case .covariance: ["task_covariance=\(try folder.write(Self.covariance, to: "covariance.csv"))"]
        case nil: []
        }
    }

    @Test("every regularizer has its parameters, loads, and reads back", arguments: RegularizerKind.allCases)
    func everyKind(kind: RegularizerKind) throws {
        let folder = try TemporaryFolder()
        let base = ["regularizer=\(kind.rawValue)"] + (try required(kind, in: folder))
        let study = try StudyTexts.parse(StudyTexts.minimal, set: base)
        #expect(study.regularizer == kind)
        #expect(
            study.regularizerParameters
                == Dictionary(uniqueKeysWithValues: kind.parameters.map { ($0, $0.standardValue) }))
        #expect((study.relations == nil) == (kind.requiredStructure == nil))
        #expect((study.splitParts == nil) == !kind.takesParts)
        #expect(try StudyTexts.parse(study.yaml()) == study)

        // Every parameter can be set, is written out, and is part of what parties agree on.
        for parameter in kind.parameters {
            let value = parameter.range == .count ? "1" : "0.75"
            let other = try StudyTexts.parse(
                StudyTexts.minimal, set: base + ["\(parameter.rawValue)=\(value)"])
            #expect(other.regularizerParameters[parameter] == (parameter.range == .count ? 1 : 0.75))
            #expect(try StudyTexts.parse(other.yaml()) == other)
            #expect(other.digest() != study.digest(), "\(parameter.rawValue)")
            #expect(other.regularizerDescription.contains(parameter.rawValue))
        }
    }

    @Test("a parameter of another regularizer is refused, with those that take it")
    func foreignParameter() throws {
        for kind in RegularizerKind.allCases where kind.requiredStructure == nil {
            for parameter in RegularizerParameter.allCases where !kind.parameters.contains(parameter) {
                let refusal = try #require(
                    StudyTexts.refusal(
                        StudyTexts.minimal,
                        set: ["regularizer=\(kind.rawValue)", "\(parameter.rawValue)=0.5"]))
                #expect(refusal.code == .impossibleCombination)
                #expect(refusal.message.contains("not with `\(kind.rawValue)`"))
            }
        }
        for setting in ["task_graph=a.csv", "task_covariance=a.csv", "split_parts=[nuclear, l1]"] {
            let refusal = StudyTexts.refusal(StudyTexts.minimal, set: [setting])
            #expect(refusal?.code == .impossibleCombination)
        }
    }

    @Test(
        "parameters out of range are refused",
        arguments: [
            ("elastic-net", "l1_ratio=1.01", "from 0 to 1"), ("nuclear", "added_ridge=-0.1", "at least 0"),
            ("evgeniou", "deviation_weight=0", "above 0"), ("cmtl", "clusters=0", "from 1 to 4096"),
            ("cmtl", "clusters=4097", "from 1 to 4096"), ("cmtl", "clusters=1.5", "whole number"),
            ("cmtl", "cluster_eta=0", "above 0"), ("dirty", "row_weight=0", "must be above 0"),
            ("dirty-l21", "element_weight=0", "must be above 0"), ("robust", "outlier_weight=0", "above 0"),
            ("split", "first_weight=0", "above 0"), ("split", "second_weight=-1", "above 0"),
            ("jacob", "between_weight=2.5", "at most within_weight"),
        ])
    func outOfRange(kind: String, setting: String, words: String) {
        let refusal = StudyTexts.refusal(StudyTexts.minimal, set: ["regularizer=\(kind)", setting])
        #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "accepted")")
    }

    @Test("sparse-group takes one weight of 0, not two")
    func sparseGroup() {
        let base = ["regularizer=sparse-group", "row_weight=0"]
        #expect(StudyTexts.refusal(StudyTexts.minimal, set: base) == nil)
        #expect(
            StudyTexts.refusal(StudyTexts.minimal, set: base + ["element_weight=0"])?.code
                == .impossibleCombination)
    }

    @Test("the parts of a split are read in their order, written out, agreed on, and described")
    func splitParts() throws {
        func study(_ set: String...) throws -> StudyConfiguration {
            try StudyTexts.parse(StudyTexts.minimal, set: ["regularizer=split"] + set)
        }
        let silent = try study()
        #expect(silent.splitParts == .standard)
        #expect(silent.agreedText.contains("\nfirst_weight=1.0\nsecond_weight=0.5\nsplit_parts=nuclear,l1\n"))
        #expect(
            silent.regularizerDescription == "split of nuclear and l1 (first_weight 1.0, second_weight 0.5)")
        #expect(try study("split_parts=[nuclear, l1]", "second_weight=5e-1").digest() == silent.digest())
        var digests: Set<[UInt8]> = []
        for first in SplitParts.Norm.allCases {
            for second in SplitParts.Norm.allCases where second != first {
                let named = try study("split_parts=[\(first.rawValue), \(second.rawValue)]")
                #expect(try named.splitParts == SplitParts(first, second))
                #expect(named.yaml().contains("\nsplit_parts: [\(first.rawValue), \(second.rawValue)]\n"))
                #expect(try StudyTexts.parse(named.yaml()) == named)
                digests.insert(named.digest())
            }
        }
        #expect(digests.count == 20 && digests.contains(silent.digest()))
        let plain = try StudyTexts.parse(StudyTexts.minimal)
        #expect(plain.splitParts == nil && !plain.agreedText.contains("split_parts"))
    }

    @Test("parts are part of the problem that an optimum is of")
    func optimumOfParts() throws {
        let text = StudyTexts.minimal.replacing("regularizer: nuclear", with: "regularizer: split")
        #expect(try StudyTexts.parse(text + "\noptimum: 3", set: ["split_parts=[nuclear, l1]"]).optimum == 3)
        #expect(try StudyTexts.parse(text + "\noptimum: 3", set: ["split_parts=[l21, l1]"]).optimum == nil)
    }

    @Test(
        "parts that make no split are refused with key, value, what is allowed and the fix",
        arguments: [
            ("nuclear", ConfigurationError.Code.wrongType, ["a list", "[nuclear, l1]"]),
            ("[]", .outOfRange, ["2 different ones of: nuclear, l21, l1, l1inf, columns"]),
            ("[nuclear]", .outOfRange, ["a list of 1", "split_parts: [nuclear, l1]"]),
            ("[nuclear, l1, columns]", .outOfRange, ["a list of 3"]),
            ("[l1, l1]", .duplicateKey, ["\"l1\" twice", "name another one"]),
            ("[nuclear, trace]", .unknownValue, ["\"trace\"", "nuclear, l21, l1, l1inf, columns"]),
            ("[nuclaer, l1]", .unknownValue, ["did you mean `nuclear`?"]),
            ("[ridge, l1]", .unknownValue, ["\"ridge\"", "cannot be a part"]),
            ("[nuclear, sparse-group]", .unknownValue, ["cannot be a part"]),
            ("[nuclear, [l1]]", .unknownValue, ["a list of 1"]),
            ("[nuclear, null]", .unknownValue, ["write two of these"]),
        ])
    func badParts(parts: String, code: ConfigurationError.Code, words: [String]) throws {
        let refusal = try #require(
            StudyTexts.refusal(StudyTexts.minimal, set: ["regularizer=split", "split_parts=\(parts)"]))
        #expect(refusal.code == code, "\(refusal)")
        #expect(refusal.message.contains("split_parts"))
        for word in words { #expect(refusal.message.contains(word), "\(refusal)") }
    }

    @Test("a task graph is read by the names of the tasks")
    func taskGraph() throws {
        let folder = try TemporaryFolder()
        let set = ["regularizer=graph", "dimension=4", Self.tasks] + (try required(.graph, in: folder))
        let study = try StudyTexts.parse(StudyTexts.minimal, set: set)
        let structure = try study.relations?.structure(tasks: study.tasks.map(\.name))
        let expected = try TaskGraph(taskCount: 3, edges: [.init(0, 1, weight: 2.5), .init(2, 0, weight: 1)])
        #expect(structure == .graph(expected))

        // Without weights every edge weighs 1; order and direction of edges are the same study.
        _ = try folder.write("task,other\na,\"c, d\"\nb,a\n", to: "graph.csv")
        let plain = try StudyTexts.parse(StudyTexts.minimal, set: set)
        #expect(plain.digest() != study.digest())
        _ = try folder.write("task,other,weight\r\na,b,1\r\n\r\n\"c, d\",a,1.0\r\n", to: "graph.csv")
        #expect(try StudyTexts.parse(StudyTexts.minimal, set: set).digest() == plain.digest())
    }

    @Test("a task covariance is read by the names of the tasks")
    func taskCovariance() throws {
        let folder = try TemporaryFolder()
        let set =
            ["regularizer=covariance", "dimension=4", Self.tasks] + (try required(.covariance, in: folder))
        let study = try StudyTexts.parse(StudyTexts.minimal, set: set)
        let expected = Matrix(columns: [[2, 0.5, 0], [0.5, 1, 0], [0, 0, 3]])
        #expect(try study.relations?.structure(tasks: study.tasks.map(\.name)) == .covariance(expected))
        _ = try folder.write(
            "task,a,b,\"c, d\"\na,2,0.5,0\nb,0.5,1,0\n\"c, d\",0,0,3\n", to: "covariance.csv")
        #expect(try StudyTexts.parse(StudyTexts.minimal, set: set).digest() == study.digest())
    }

    @Test(
        "a graph that cannot be one is refused with its line",
        arguments: [
            ("", "a header"), ("a,b,1\n", ":1: "), ("task,other,weight\na,b\n", ":2: got \"2 fields\""),
            ("task,other,weight\na,b,0\n", "above 0"), ("task,other,weight\na,b,x\n", "decimal"),
            ("task,other,weight\n\na,a,1\n", ":3: "), ("task,other,weight\na,e,1\n", "\"e\""),
            ("task,other,weight\na,\"b,1\n", "in pairs"), ("task,other,weight\na,b,1e999\n", "finite"),
        ])
    func badGraph(text: String, words: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "graph.csv")
        let refusal = StudyTexts.refusal(
            StudyTexts.minimal,
            set: ["regularizer=graph", "task_graph=\(path)", "dimension=4", Self.tasks])
        #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "accepted")")
        #expect(refusal?.message.contains("graph.csv") == true)
    }

    @Test(
        "a covariance that cannot be one is refused",
        arguments: [
            ("task,a,b\na,1,0\n", "1 rows"), ("task,a,a\na,1,0\n", "each task once"),
            ("task,a,b\na,1,0\na,1,0\n", "once"), ("name,a\na,1\n", "header"),
            ("task,a,b\na,1,0\nb,0,1\n", "\"c, d\""),
            ("task,a,b,\"c, d\"\na,1,2,0\nb,2,1,0\n\"c, d\",0,0,1\n", "eigenvalue"),
            ("task,a,b,\"c, d\"\na,1,0.1,0\nb,0,1,0\n\"c, d\",0,0,1\n", "symmetric"),
        ])
    func badCovariance(text: String, words: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "covariance.csv")
        let refusal = StudyTexts.refusal(
            StudyTexts.minimal,
            set: ["regularizer=covariance", "task_covariance=\(path)", "dimension=4", Self.tasks])
        #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "accepted")")
    }

    @Test("an absent file, an absent key and too many clusters are refused")
    func refusals() {
        let absent = StudyTexts.refusal(
            StudyTexts.minimal, set: ["regularizer=graph", "task_graph=/nowhere/graph.csv"])
        #expect(absent?.code == .unreadableFile)
        let missing = StudyTexts.refusal(StudyTexts.minimal, set: ["regularizer=covariance"])
        #expect(missing?.code == .missingKey)
        for (clusters, isAllowed) in [(3, true), (4, false)] {
            let refusal = StudyTexts.refusal(
                StudyTexts.minimal,
                set: ["regularizer=jacob", "clusters=\(clusters)", "dimension=4", Self.tasks])
            #expect((refusal == nil) == isAllowed)
            if !isAllowed { #expect(refusal?.message.contains("4 clusters of 3 tasks") == true) }
        }
    }
}
