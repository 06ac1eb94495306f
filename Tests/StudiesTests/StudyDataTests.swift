internal import Configuration
internal import Datasets
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Studies
internal import TestSupport
internal import Testing

@Suite struct StudyDataTests {
    private static let table = """
        school,x,constant,y
        a,1,7,2
        a,2,7,4
        a,3,7,6
        b,10,7,1
        b,30,7,0
        """

    private func study(_ settings: [String] = []) throws -> StudyConfiguration {
        try StudyConfiguration.parse(
            """
            name: test
            loss: squared
            regularizer: nuclear
            lambda: 1
            eta: 0.1
            stop: {updates: 10}
            """, path: "/study.yaml", overrides: settings, environment: [:])
    }

    @Test("a table and one file a task give the same tasks, and only those asked for are loaded")
    func layouts() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.table, to: "table.csv")
        let table = DataConfiguration(layout: .table(path: path, taskColumn: "school"))
        let files = DataConfiguration(
            layout: .files([
                .init(task: "a", path: try folder.write("x,constant,y\n1,7,2\n2,7,4\n3,7,6\n", to: "a.csv")),
                .init(task: "b", path: try folder.write("x,constant,y\n10,7,1\n30,7,0\n", to: "b.csv")),
            ]))
        let whole = try StudyData.load(table)
        #expect(whole.tasks.map(\.name) == ["a", "b"])
        #expect(whole == (try StudyData.load(files)))
        for data in [table, files] {
            #expect(try StudyData.load(data, tasks: ["b"]).tasks == [whole.tasks[1]])
        }
        for data in [table, files] {
            let error = #expect(throws: DatasetsError(.unknownTask, "")) {
                try StudyData.load(data, tasks: ["b", "c"])
            }
            for word in ["c", "a", "b"] {
                #expect(
                    error?.message.contains("'\(word)'") == true
                        || error?.message.contains("\"\(word)\"") == true)
            }
        }
    }

    @Test("features that differ are looked for among the wanted files alone, and the right one is named")
    func otherFeaturesOfWanted() throws {
        let folder = try TemporaryFolder()
        let data = DataConfiguration(
            layout: .files([
                .init(task: "a", path: try folder.write("w,y\n1,2\n", to: "a.csv")),
                .init(task: "b", path: try folder.write("x,y\n1,2\n", to: "b.csv")),
                .init(task: "c", path: try folder.write("z,y\n1,2\n", to: "c.csv")),
            ]))
        #expect(try StudyData.load(data, tasks: ["c"]).featureNames == ["z"])
        let error = #expect(throws: DatasetsError.self) { try StudyData.load(data, tasks: ["b", "c"]) }
        #expect(error?.message.contains("c.csv: its") == true && error?.message.contains("b.csv;") == true)
    }

    @Test("task and target columns name the arrays of an .npz file and the columns of an .npy file")
    func arrays() throws {
        let folder = try TemporaryFolder()
        func array(_ shape: String, _ values: [Int64]) -> [UInt8] {
            let header = Array("{'descr': '<i8', 'fortran_order': False, 'shape': \(shape)}".utf8)
            return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + header
                + values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        }
        let table = try folder.write(array("(3, 3)", [1, 10, 7, 2, 20, 8, 1, 30, 9]), to: "table.npy")
        let data = DataConfiguration(layout: .table(path: table, taskColumn: "c1"), targetColumn: "c3")
        let tasks = try StudyData.load(data).tasks
        #expect(tasks.map(\.name) == ["1", "2"])
        #expect(tasks.map(\.targets) == [[7, 9], [8]])
        #expect(tasks.map(\.features.elements) == [[10, 30], [20]])
        let error = #expect(throws: DatasetsError(.invalidLabel, "")) {
            try StudyData.prepare(StudyData.load(data), study: study(["loss=logistic"]), split: data)
        }
        #expect(
            error?.message.contains("/table.npy, row 0, column \"c3\": 7.0 is no label") == true,
            "\(error?.message ?? "")")
    }

    @Test("values whose squares overflow are refused with place and value; the bound itself is taken")
    func magnitude() throws {
        let folder = try TemporaryFolder()
        func prepare(_ records: String) throws {
            let path = try folder.write("t,x,y\na,1,1\n" + records, to: "table.csv")
            let data = DataConfiguration(layout: .table(path: path, taskColumn: "t"))
            for features in ["raw", "zscore"] {
                _ = try StudyData.prepare(
                    StudyData.load(data), study: study(["features=\(features)"]), split: data)
            }
        }
        try prepare("b,1e60,-1e60\n")
        for (record, place) in [
            ("b,\(1e60.nextUp),1\n", "column \"x\": \(1e60.nextUp) is"),
            ("b,-1e200,1\n", "column \"x\": -1e+200 is"), ("b,1,1e200\n", "column \"y\": 1e+200 is"),
        ] {
            let error = #expect(throws: DatasetsError(.tooLarge, "")) { try prepare(record) }
            #expect(
                error?.message.contains("/table.csv, line 3, \(place)") == true, "\(error?.message ?? "")")
        }
    }

    /// Prepares one task's records, the first of them on line 3.
    private func prepare(
        _ rows: [(x: String, y: String)], settings: [String], trainFraction: Double,
        in folder: TemporaryFolder
    ) throws -> [StudyTask] {
        let path = try folder.write(
            "x,y\n\n" + rows.map { "\($0.x),\($0.y)\n" }.joined(), to: "records.csv")
        let data = DataConfiguration(
            layout: .files([.init(task: "a", path: path)]), trainFraction: trainFraction)
        return try StudyData.prepare(StudyData.load(data), study: study(settings), split: data)
    }

    @Test("a label is refused wherever it stands, also where it would only be scored")
    func heldOutLabels() throws {
        let folder = try TemporaryFolder()
        for (negative, wrong) in [("0", "3"), ("0", "-1"), ("-1", "0"), ("-1", "0.5")] {
            for place in 0..<10 {
                var rows = (0..<10).map { (x: "\($0)", y: $0 % 2 == 0 ? "1" : negative) }
                _ = try prepare(rows, settings: ["loss=logistic"], trainFraction: 0.5, in: folder)
                rows[place].y = wrong
                let error = #expect(throws: DatasetsError(.invalidLabel, "")) {
                    try prepare(rows, settings: ["loss=logistic"], trainFraction: 0.5, in: folder)
                }
                // Among zeros a -1 makes the zeros wrong: the first of them, on line 4 or, where it stood there, 6.
                let (line, value) =
                    wrong == "-1" ? (place == 1 ? 6 : 4, "0.0") : (place + 3, "\(Double(wrong) ?? 0)")
                #expect(
                    error?.message.contains("records.csv, line \(line), column \"y\": \(value) is no label")
                        == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test("both parts of a task read labels alike, whatever each holds")
    func labelConvention() throws {
        let folder = try TemporaryFolder()
        for negative in ["0", "-1"] {
            for place in 0..<10 {
                // One record of the other class: the part without it holds a single label.
                let rows = (0..<10).map { (x: "\($0)", y: $0 == place ? "1" : negative) }
                let task = try prepare(
                    rows, settings: ["loss=logistic"], trainFraction: 0.5, in: folder)[0]
                let heldOut = try #require(task.heldOut)
                #expect(
                    (task.objective.targets + heldOut.targets).sorted() == [Double](repeating: -1, count: 9)
                        + [1])
                #expect(heldOut.features.elements.count == 5 && task.heldOutCount == 5)
            }
        }
    }

    @Test("a held-out record whose z-score is too large is refused before anything is trained")
    func heldOutScores() throws {
        let folder = try TemporaryFolder()
        var refusedLines: Set<Int> = []
        for place in 0..<10 {
            var rows = (0..<10).map { (x: "\($0)e-150", y: "1") }
            rows[place].x = "7"
            do {
                _ = try prepare(rows, settings: ["features=zscore"], trainFraction: 0.5, in: folder)
            } catch let error as DatasetsError {
                #expect(error.code == .tooLarge)
                #expect(
                    error.message.contains("records.csv, line \(place + 3), column \"x\": the z-score of 7.0")
                )
                refusedLines.insert(place)
            }
        }
        #expect(refusedLines.count == 5)
    }

    @Test("files of one study with other features are refused with the file's name")
    func otherFeatures() throws {
        let folder = try TemporaryFolder()
        let data = DataConfiguration(
            layout: .files([
                .init(task: "a", path: try folder.write("x,y\n1,2\n", to: "a.csv")),
                .init(task: "b", path: try folder.write("z,y\n1,2\n", to: "b.csv")),
            ]))
        let error = #expect(throws: DatasetsError.self) { try StudyData.load(data) }
        #expect(error?.message.contains("b.csv") == true)
    }

    @Test("absent data are refused before anything is read")
    func absentData() throws {
        let data = DataConfiguration(
            layout: .table(path: "/nowhere/x.csv", taskColumn: "t"), source: "a library")
        let error = #expect(throws: ConfigurationError.self) { try StudyData.load(data) }
        #expect(error?.code == .absentData)
        #expect(error?.message.contains("a library") == true)
    }

    @Test(
        "the intercept is one row more",
        arguments: [("raw", "none", 2), ("zscore", "penalized", 3), ("zscore", "unpenalized", 3)])
    func dimension(features: String, intercept: String, rows: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.table, to: "table.csv")
        let data = DataConfiguration(layout: .table(path: path, taskColumn: "school"))
        let study = try study(["features=\(features)", "intercept=\(intercept)"])
        let dataset = try StudyData.load(data)
        #expect(StudyData.dimension(featureCount: dataset.dimension, study: study) == rows)
        let tasks = try StudyData.prepare(dataset, study: study, split: data)
        #expect(tasks.map(\.objective.dimension) == [rows, rows])
        #expect(tasks.map(\.trainCount) == [3, 2])
    }

    @Test("targets that do not suit the loss are refused with place and value")
    func unsuitableTargets() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.table, to: "table.csv")
        let data = DataConfiguration(layout: .table(path: path, taskColumn: "school"))
        let dataset = try StudyData.load(data)
        let error = #expect(throws: DatasetsError(.invalidLabel, "")) {
            try StudyData.prepare(dataset, study: try study(["loss=logistic"]), split: data)
        }
        #expect(
            error?.message.contains("/table.csv, line 2, column \"y\": 2.0 is no label") == true,
            "\(error?.message ?? "")")
    }

    @Test("a step of 2 over the Lipschitz constant or more is refused, one below is not")
    func convergentStep() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("t,x,y\na,1,1\na,2,1\n", to: "table.csv")
        let data = DataConfiguration(layout: .table(path: path, taskColumn: "t"))
        let tasks = try StudyData.prepare(StudyData.load(data), study: try study(), split: data)
        // L = 1 + 4.
        try StudyData.requireConvergentStep(tasks, eta: 0.4.nextDown)
        let error = #expect(throws: MultiTaskLearningError.self) {
            try StudyData.requireConvergentStep(tasks, eta: 0.4)
        }
        #expect(error?.message.contains("task 'a'") == true)
    }
}
