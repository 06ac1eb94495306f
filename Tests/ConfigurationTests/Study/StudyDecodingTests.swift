import Configuration
import MultiTaskLearning
import ReleaseEncoding
import Testing

@Suite struct StudyDecodingTests {
    @Test("a study that says only what is required takes the documented defaults")
    func defaults() throws {
        let study = try StudyTexts.parse(StudyTexts.minimal)
        #expect(study.name == "small")
        #expect(study.data == nil && study.tasks.isEmpty && study.dimension == nil)
        #expect(study.features == .raw && study.intercept == .none)
        #expect(study.losses == LossAssignment(.squared) && study.lossScale == .sum)
        #expect(study.regularizer == .nuclear && study.lambda == 2)
        #expect(study.regularizerParameters == [.addedRidge: 0] && study.relations == nil)
        #expect(study.splitting == .backwardForward && study.mode == .asynchronous && study.eta == 0.5)
        #expect(study.gamma == nil && study.inertia == nil)
        #expect(study.relaxation == 0.9 && study.relaxationPolicy == .constant && study.maximumDelay == nil)
        #expect(study.encoding == .float32 && study.normBound == 1e6)
        #expect(study.barrierTimeout == .seconds(30) && study.barrierAbsence == .proceed)
        #expect(study.report.isEmpty && study.optimum == nil)
        #expect(study.stop == StoppingConditions(epochs: 3))
    }

    @Test("every key reaches its value")
    func everyKey() throws {
        let study = try StudyTexts.parse(StudyTexts.full)
        let data = try #require(study.data)
        #expect(study.featureColumns == ["f1", "f 2"])
        #expect(
            data.layout
                == .files([.init(task: "a", path: "/nowhere/a.csv"), .init(task: "b 2", path: "/data/b.csv")])
        )
        #expect(data.targetColumn == "out" && data.featureColumns == ["x1", "x 2"])
        #expect(data.source == "https://example.org/data")
        #expect(data.trainFraction == 0.75 && data.validationFraction == 0.125 && data.splitSeed == 7)
        #expect(study.tasks.map(\.name) == ["b 2", "a", "null"])
        #expect(study.sites == ["north", "south"])
        #expect(study.tasks(of: "north").map(\.name) == ["a", "null"])
        #expect(["a", "b 2", "null"].map(study.loss(of:)) == [.squared, .logistic, .logistic])
        #expect(["a", "b 2", "null"].map(study.weight(of:)) == [0.1, 2.5, 1])
        #expect(study.dimension == 3 && study.features == .zscore && study.intercept == .unpenalized)
        #expect(study.lossScale == .mean && study.regularizer == .elasticNet)
        #expect(study.regularizerParameters == [.l1Ratio: 0.25, .addedRidge: 0])
        #expect(study.lambda == 1e-3 && study.optimum == -12.5)
        #expect(study.mode == .synchronous && study.eta == 2.06e-3 && study.relaxation == 1)
        #expect(study.relaxationPolicy == .amtlDynamicCapped && study.maximumDelay == 0)
        #expect(study.stop == StoppingConditions(residual: 1e-300, updates: 12, epochs: 5))
        #expect(study.encoding == .bfloat16 && study.normBound == 1234.5)
        #expect(study.barrierTimeout == .milliseconds(1500) && study.barrierAbsence == .end)
        #expect(study.report == [.loss])
    }

    @Test("Douglas-Rachford has keys and defaults of its own, and does not read eta")
    func douglasRachford() throws {
        let study = try StudyTexts.parse(StudyTexts.douglasRachford)
        #expect(study.splitting == .douglasRachford && study.eta == nil)
        #expect(study.gamma == 0.25 && study.inertia == 0.125 && study.relaxation == 1.75)
        let short = try StudyTexts.parse(StudyTexts.minimal, set: ["splitting=douglas-rachford", "eta=null"])
        #expect(short.gamma == nil && short.inertia == 0.2 && short.relaxation == 1.5)
        let withEta = try StudyTexts.parse(StudyTexts.minimal, set: ["splitting=douglas-rachford"])
        #expect(withEta == short && withEta.digest() == short.digest())
    }

    @Test("an eta that is chosen: written back, agreed upon, doubted, and not read by Douglas-Rachford")
    func chosenEta() throws {
        let study = try StudyTexts.parse(StudyTexts.minimal, set: ["eta=auto"])
        #expect(study.choosesEta && study.eta == nil)
        #expect(study.yaml().contains("\neta: auto\n"))
        #expect(try StudyConfiguration.parse(study.yaml(), path: "/study.yaml") == study)
        let fixed = try StudyTexts.parse(StudyTexts.minimal)
        #expect(!fixed.choosesEta && fixed.digest() != study.digest())
        #expect(study.explanation.warnings.contains { $0.contains("Lipschitz constant") })
        #expect(!fixed.explanation.warnings.contains { $0.contains("Lipschitz constant") })
        let other = try StudyTexts.parse(
            StudyTexts.minimal, set: ["eta=auto", "splitting=douglas-rachford"])
        #expect(!other.choosesEta)
    }

    @Test("batches and a decreasing relaxation: defaults, written back, agreed upon, doubted")
    func stochastic() throws {
        let study = try StudyTexts.parse(
            StudyTexts.minimal, set: ["batch_size=16", "relaxation_policy=decreasing"])
        #expect(study.batchSize == 16 && study.relaxationSchedule == .standard)
        #expect(try StudyConfiguration.parse(study.yaml(), path: "/study.yaml") == study)
        let keys = ["relaxation_horizon=7", "relaxation_power=1", "batch_size=17", "batch_size=null"]
        for key in keys {
            let other = try StudyTexts.parse(
                StudyTexts.minimal, set: ["batch_size=16", "relaxation_policy=decreasing", key])
            #expect(other.digest() != study.digest(), "\(key)")
            #expect(try StudyConfiguration.parse(other.yaml(), path: "/study.yaml") == other)
        }
        let doubtful = try StudyTexts.parse(
            StudyTexts.minimal, set: ["batch_size=16", "stop.residual=1e-4"]
        ).explanation.warnings
        #expect(doubtful.contains { $0.contains("without relaxation_policy decreasing") })
        #expect(doubtful.contains { $0.contains("batch_size with stop.residual") })
        let exact = try StudyTexts.parse(StudyTexts.minimal, set: ["relaxation_policy=decreasing"])
        #expect(exact.explanation.warnings.contains { $0.contains("decreasing without batch_size") })
    }

    // Those of single regularizers cannot stand in one study: StudyRegularizerTests has them, and ``stochastic()`` those
    // of another relaxation policy.
    @Test("the full samples name every key that exists, so that none goes untested")
    func sampleIsFull() throws {
        let ofRegularizers = Set(
            RegularizerParameter.allCases.map(\.rawValue)
                + ["split_parts", "task_graph", "task_covariance"]
                + ["relaxation_horizon", "relaxation_power", "batch_size"])
        let texts = [StudyTexts.full, StudyTexts.douglasRachford, StudyTexts.withPrivacy]
        let lines = texts.flatMap { $0.split(separator: "\n").map(String.init) }
        for key in StudyConfiguration.keys where !ofRegularizers.contains(key.name) {
            #expect(lines.contains { $0.hasPrefix(key.name + ":") }, "\(key.name)")
        }
    }

    @Test("the intercept follows the scaling unless it is written")
    func intercept() throws {
        #expect(try StudyTexts.parse(StudyTexts.minimal, set: ["features=zscore"]).intercept == .penalized)
        #expect(
            try StudyTexts.parse(StudyTexts.minimal, set: ["features=zscore", "intercept=none"]).intercept
                == .none)
        #expect(
            try StudyTexts.parse(StudyTexts.minimal, set: ["intercept=penalized"]).intercept == .penalized)
    }

    @Test(
        "a study written out loads back equal",
        arguments: [StudyTexts.minimal, StudyTexts.full, StudyTexts.douglasRachford])
    func roundTrip(text: String) throws {
        let study = try StudyTexts.parse(text)
        let again = try StudyTexts.parse(study.yaml())
        #expect(again == study)
        #expect(again.digest() == study.digest())
        #expect(again.yaml() == study.yaml())
    }

    @Test("a written study does not depend on where it is read")
    func writtenPathsAreAbsolute() throws {
        let study = try StudyTexts.parse(StudyTexts.full)
        let elsewhere = try StudyConfiguration.parse(
            study.yaml(), path: "/other/place.yaml", environment: [:])
        #expect(elsewhere == study)
    }

    @Test("awkward names and numbers survive writing")
    func awkwardRoundTrip() throws {
        let names = ["a\"b", "back\\slash", "tab-less: yes", "ünïcode 数", "#no comment", "~", "1e5", "- x"]
        let tasks = names.map { TaskAssignment(name: $0, site: "s", weight: 0.1 + 0.2) }
        let study = try StudyTexts.parse(StudyTexts.minimal).filledIn(tasks: tasks, dimension: 9)
        #expect(try StudyTexts.parse(study.yaml()) == study)
    }

    @Test("stopping caps are combined to the smaller one, without overflow")
    func stoppingCaps() {
        #expect(StoppingConditions(residual: 1).updateCountMaximum(taskCount: 5) == nil)
        #expect(StoppingConditions(updates: 7).updateCountMaximum(taskCount: 5) == 7)
        #expect(StoppingConditions(epochs: 2).updateCountMaximum(taskCount: 5) == 10)
        #expect(StoppingConditions(updates: 7, epochs: 2).updateCountMaximum(taskCount: 5) == 7)
        #expect(StoppingConditions(updates: 70, epochs: 2).updateCountMaximum(taskCount: 5) == 10)
        #expect(StoppingConditions(epochs: .max).updateCountMaximum(taskCount: 5) == UInt64(Int.max))
    }
}
