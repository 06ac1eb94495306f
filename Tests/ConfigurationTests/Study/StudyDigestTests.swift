import Configuration
import MultiTaskLearning
import Testing

@Suite struct StudyDigestTests {
    @Test("a digest has 32 bytes and is the same every time")
    func shape() throws {
        let study = try StudyTexts.parse(StudyTexts.full)
        #expect(study.digest().count == 32)
        #expect(study.digest() == (try StudyTexts.parse(StudyTexts.full)).digest())
    }

    @Test("the canonical text is pinned: a change of it needs a new version number")
    func golden() throws {
        let study = try StudyTexts.parse(StudyTexts.full)
        #expect(
            study.agreedText == """
                atoll study 1
                name=14:full-study_1.0
                dimension=3
                feature_columns=2:f1 3:f 2
                features=zscore
                intercept=unpenalized
                loss_scale=mean
                regularizer=elastic-net
                l1_ratio=0.25
                lambda=0.001
                splitting=backward-forward
                mode=synchronous
                eta=0.00206
                relaxation=1.0
                relaxation_policy=amtl-dynamic-capped
                encoding=bfloat16
                norm_bound=1234.5
                report=loss
                tasks=3
                prox_tolerance=1e-07
                maximum_factor_age=1
                task=1:a site=5:north loss=squared weight=0.1
                task=3:b 2 site=5:south loss=logistic weight=2.5
                task=4:null site=5:north loss=logistic weight=1.0

                """)
    }

    static let agreed = [
        "name=other", "feature_columns=[f 2, f1]", "features=raw", "intercept=penalized",
        "loss.default=logistic",
        "loss.null=squared", "loss_scale=sum", "task_weights.a=0.2", "regularizer=nuclear", "l1_ratio=0.26",
        "lambda=0.0010000000000000002", "mode=asynchronous", "eta=0.1", "relaxation=0.9",
        "relaxation_policy=constant", "encoding=float64", "norm_bound=1", "report=[]",
        "prox_tolerance=1e-8", "maximum_factor_age=0",
    ]

    @Test("what both sides must agree on changes the digest", arguments: agreed)
    func agreedSettings(set: String) throws {
        let study = try StudyTexts.parse(StudyTexts.full)
        let removesRatio = set.hasPrefix("regularizer") ? ["l1_ratio=null"] : []
        let other = try StudyTexts.parse(StudyTexts.full, set: [set] + removesRatio)
        #expect(other != study)
        #expect(other.digest() != study.digest())
    }

    @Test(
        "the scale of Douglas-Rachford is agreed, and so is its being chosen",
        arguments: ["gamma=0.5", "gamma=null", "inertia=0", "relaxation=1", "splitting=backward-forward"])
    func douglasRachford(set: String) throws {
        let study = try StudyTexts.parse(StudyTexts.douglasRachford)
        let back = set.hasPrefix("splitting") ? ["gamma=null", "inertia=null", "relaxation=1"] : []
        let other = try StudyTexts.parse(StudyTexts.douglasRachford, set: [set] + back)
        #expect(other.digest() != study.digest())
    }

    static let local = [
        "data=null", "data.files.a=/elsewhere/a.csv", "data.train_fraction=1", "data.validation_fraction=0.5",
        "optimum=3", "maximum_delay=9",
        "stop={updates: 5}", "barrier_timeout=5s", "barrier_absent=continue",
    ]

    @Test("what one party alone decides does not change the digest", arguments: local)
    func localSettings(set: String) throws {
        let study = try StudyTexts.parse(StudyTexts.full)
        let other = try StudyTexts.parse(StudyTexts.full, set: [set])
        #expect(other != study)
        #expect(other.digest() == study.digest())
    }

    @Test("a study that is silent about its prox has the digest of one that writes the defaults")
    func proxDefaults() throws {
        let tasks = (0..<20).map { TaskAssignment(name: "t\($0)", site: "s") }
        func digest(_ set: [String]) throws -> [UInt8] {
            try StudyTexts.parse(StudyTexts.minimal, set: set).filledIn(tasks: tasks, dimension: 5).digest()
        }
        let silent = try digest([])
        #expect(try digest(["prox_tolerance=0.000001", "maximum_factor_age=2"]) == silent)
        #expect(try digest(["maximum_factor_age=3"]) != silent)
        let study = try StudyTexts.parse(StudyTexts.minimal).filledIn(tasks: tasks, dimension: 5)
        #expect(!study.agreedText.contains("prox") && !study.agreedText.contains("factor"))
        #expect(study.factorAgeMaximum(taskCount: 20) == 2)
    }

    @Test("spelling and order do not change the digest")
    func spelling() throws {
        let tasks = [
            TaskAssignment(name: "a", site: "s", loss: .logistic, weight: 2),
            TaskAssignment(name: "b", site: "t"),
        ]
        let one = try StudyTexts.parse(StudyTexts.minimal).filledIn(tasks: tasks, dimension: 5)
        let reversed = try StudyTexts.parse(StudyTexts.minimal).filledIn(
            tasks: tasks.reversed(), dimension: 5)
        #expect(one.digest() == reversed.digest())
        let other = try StudyTexts.parse(
            StudyTexts.minimal,
            set: [
                "loss={default: logistic, b: squared}", "task_weights={a: 2.000}", "lambda=2.0e0", "eta=.5",
            ]
        ).filledIn(
            tasks: [TaskAssignment(name: "a", site: "s"), TaskAssignment(name: "b", site: "t")], dimension: 5)
        #expect(other.digest() == one.digest())
        let zero = try StudyTexts.parse(StudyTexts.minimal, set: ["lambda=0"])
        #expect(try StudyTexts.parse(StudyTexts.minimal, set: ["lambda=-0.0"]).digest() == zero.digest())
    }

    @Test("names cannot be shifted from one field into another")
    func names() throws {
        let base = try StudyTexts.parse(StudyTexts.minimal)
        let one = try base.filledIn(tasks: [TaskAssignment(name: "a site=1:b", site: "c")], dimension: 5)
        let two = try base.filledIn(tasks: [TaskAssignment(name: "a", site: "b")], dimension: 5)
        #expect(one.digest() != two.digest())
    }
}
