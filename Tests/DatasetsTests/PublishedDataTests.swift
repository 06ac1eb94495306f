internal import Datasets
internal import Glibc
internal import LinearAlgebra
internal import TestSupport
internal import Testing

/// The data sets beside the checkout have the counts that their READMEs state.
@Suite(.enabled(if: SharedFiles.path("data/README.md") != nil, "skipped: no data"))
struct PublishedDataTests {
    private func load(_ name: String, _ options: DatasetOptions) throws -> Dataset {
        try Dataset.load(path: #require(SharedFiles.path("data/\(name)")), options: options)
    }

    @Test("School: 139 tasks, sizes, sums of targets")
    func school() throws {
        let school = try load("school/school.csv", DatasetOptions(taskColumn: "task"))
        #expect(school.tasks.map(\.name) == (1...139).map { String($0) })
        #expect(school.recordCount == 15_362 && school.dimension == 28)
        #expect(school.tasks[75].recordCount == 22 && school.tasks[29].recordCount == 251)
        let targets = school.tasks.flatMap(\.targets)
        #expect(targets.reduce(0, +) == 316_416)
        #expect(targets.reduce(0) { $0 + $1 * $1 } == 9_003_434)
        #expect(school.tasks.allSatisfy { $0.features.column(27).allSatisfy { $0 == 1 } })
    }

    @Test("School with z-scores has the published largest curvature, 920.9")
    func schoolCurvature() throws {
        let school = try load("school/school.csv", DatasetOptions(taskColumn: "task"))
            .prepared(FeaturePreparation(standardizes: true, addsIntercept: true))
        #expect(school.dimension == 29)
        let largest = try school.tasks.map { task in
            let values = try SymmetricEigendecomposition(task.features.gramian(ofRows: false)).values
            return try #require(values.last)
        }
        #expect(abs(try #require(largest.max()) - 920.9) < 0.05)
    }

    @Test("one school alone is the same as among all")
    func oneSchool() throws {
        let all = try load("school/school.csv", DatasetOptions(taskColumn: "task"))
        let one = try load("school/school.csv", DatasetOptions(taskColumn: "task", tasks: ["76"]))
        #expect(one.tasks == [all.tasks[75]])
    }

    @Test("Landmine: 29 tasks of 445 to 690 records, 904 positives")
    func landmine() throws {
        let landmine = try load("landmine/landmine.csv", DatasetOptions(taskColumn: "task"))
        #expect(landmine.tasks.count == 29 && landmine.recordCount == 14_820 && landmine.dimension == 9)
        #expect(landmine.tasks.map(\.recordCount).min() == 445)
        #expect(landmine.tasks.map(\.recordCount).max() == 690)
        #expect(landmine.tasks.flatMap(\.targets).reduce(0, +) == 904)
        #expect(landmine.tasks[0].features[0, 0] == 1.368307903528228)
        #expect(landmine.tasks[0].features[1, 8] == 14.343840852830679)
    }

    @Test("Parkinsons: 42 subjects of 101 to 168 records")
    func parkinsons() throws {
        let options = DatasetOptions(
            taskColumn: "subject#", targetColumn: "motor_UPDRS", featureColumns: ["age", "NHR", "PPE"])
        let parkinsons = try load("parkinsons/parkinsons_updrs.csv", options)
        #expect(parkinsons.tasks.count == 42 && parkinsons.recordCount == 5_875)
        #expect(parkinsons.task(named: "32")?.recordCount == 101)
        #expect(parkinsons.task(named: "29")?.recordCount == 168)
        #expect(parkinsons.featureNames == ["age", "NHR", "PPE"])
    }

    @Test("MTFL: the split column keeps its training rows apart")
    func mtfl() throws {
        let names = (1...5).flatMap { ["lx\($0)", "ly\($0)"] }
        let options = DatasetOptions(
            taskColumn: "split", targetColumn: "gender", featureColumns: names, tasks: ["train"])
        let mtfl = try load("mtfl/mtfl.csv", options)
        #expect(mtfl.recordCount == 10_000 && mtfl.dimension == 10)
        #expect(mtfl.tasks[0].targets.filter { $0 == 1 }.count == 5_807)
    }

    @Test("AMTL's synthetic data: 4 tasks of 100, 200, 180 and 250 records")
    func amtl() throws {
        let random = try load("amtl_random/random.csv", DatasetOptions(taskColumn: "task"))
        #expect(random.tasks.map(\.recordCount) == [100, 200, 180, 250])
        // 386.1166399 is the published objective at W = 0.
        let squares = random.tasks.flatMap(\.targets).reduce(0) { $0 + $1 * $1 }
        #expect(abs(squares / 2 - 386.1166399) < 5e-8)
    }
}
