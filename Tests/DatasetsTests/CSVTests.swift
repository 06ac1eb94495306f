internal import LinearAlgebra
internal import TestSupport
internal import Testing

@testable internal import Datasets

@Suite struct CSVTests {
    private func load(_ text: String, _ options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let folder = try TemporaryFolder()
        return try Dataset.load(path: folder.write(text, to: "data.csv"), options: options)
    }

    private func fault(_ text: String, _ options: DatasetOptions = DatasetOptions()) -> DatasetsError? {
        #expect(throws: DatasetsError.self) { try load(text, options) }
    }

    @Test(
        "the same table is read whatever the line ends, mark, quotes and blanks",
        arguments: [
            "a,b,y\n1,2,3\n4,5,6\n", "a,b,y\n1,2,3\n4,5,6", "a,b,y\r\n1,2,3\r\n4,5,6\r\n",
            "\u{FEFF}a,b,y\r\n1,2,3\r\n4,5,6", "\"a\",\"b\",\"y\"\n\"1\",2,\"3\"\n4,5,6\n",
            "\na,b,y\n\n1,2,3\n\r\n\n4,5,6\n\n", "a, b ,y\n 1,\t2,3 \n4,5,6\n",
        ])
    func forms(text: String) throws {
        let dataset = try load(text)
        #expect(dataset.featureNames == ["a", "b"])
        #expect(dataset.tasks.count == 1)
        #expect(dataset.tasks[0].name == "task")
        #expect(dataset.tasks[0].features == Matrix(columns: [[1, 4], [2, 5]]))
        #expect(dataset.tasks[0].targets == [3, 6])
    }

    @Test("quoted names keep commas, doubled quotes and line ends")
    func quoting() throws {
        let dataset = try load(
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"\"\"\",t\n1,2,3,9,\"x \"\"1\"\", y\"\n",
            DatasetOptions(taskColumn: "t", targetColumn: "\""))
        #expect(dataset.featureNames == ["a,b", "say \"hi\"", "two\nlines"])
        #expect(dataset.tasks[0].name == "x \"1\", y")
        #expect(dataset.tasks[0].targets == [9])
    }

    @Test("tasks stand in numerical order when all names are numbers, else as they come")
    func order() throws {
        let options = DatasetOptions(taskColumn: "t")
        #expect(
            try load("t,x,y\n10,1,1\n9,2,2\n10,3,3\n1,4,4\n", options).tasks.map(\.name) == ["1", "9", "10"])
        #expect(
            try load("t,x,y\n10,1,1\nb,2,2\n10,3,3\na,4,4\n", options).tasks.map(\.name) == ["10", "b", "a"])
        let interleaved = try load("t,x,y\n2,1,1\n1,2,2\n2,3,3\n1,4,4\n", options)
        #expect(interleaved.tasks[1].features.elements == [1, 3])
        #expect(interleaved.tasks[0].targets == [2, 4])
    }

    @Test("columns and tasks are chosen by name, features in the order asked for")
    func selection() throws {
        let text = "split,a,b,c,t,y\ntrain,1,2,3,u,4\ntest,oops,6,7,v,8\ntrain,9,10,11,u,12\n"
        let options = DatasetOptions(taskColumn: "t", featureColumns: ["c", "a"], tasks: ["u"])
        let dataset = try load(text, options)
        #expect(dataset.featureNames == ["c", "a"])
        #expect(dataset.tasks.map(\.name) == ["u"])
        #expect(dataset.tasks[0].features == Matrix(columns: [[3, 11], [1, 9]]))
        #expect(dataset.task(named: "v") == nil)
    }

    @Test("the Unicode form of a letter makes no second task")
    func canonicalNames() throws {
        let dataset = try load("t,x,y\n\u{E9},1,1\ne\u{301},2,2\n", DatasetOptions(taskColumn: "t"))
        #expect(dataset.tasks.map(\.recordCount) == [2])
    }

    @Test(
        "a fault is refused by kind, and the message names line, column and value",
        arguments: [
            ("x,y\n1,2\n3\n", DatasetsError.Code.raggedRecord, ["line 3", "1 fields", "header has 2"]),
            ("x,y\n1,2,3\n", .raggedRecord, ["line 2", "3 fields"]),
            ("x,y\n1,2\n\nabc,4\n", .notANumber, ["line 4", "\"x\"", "\"abc\""]),
            ("x,y\n1,nan\n", .nonFinite, ["line 2", "\"y\"", "\"nan\""]),
            ("x,y\n-inf,1\n", .nonFinite, ["\"x\"", "\"-inf\""]),
            ("x,y\n1,\n", .emptyField, ["line 2", "\"y\""]),
            ("x,y\n , 1\n", .emptyField, ["line 2", "\"x\""]),
            ("x,x,y\n1,2,3\n", .duplicateColumn, ["columns 1 and 2", "\"x\""]),
            ("x,,y\n1,2,3\n", .duplicateColumn, ["column 2 has no name"]),
            ("x,z\n1,2\n", .missingColumn, ["\"y\"", "\"x\", \"z\""]),
            ("x;y\n1;2\n", .missingColumn, ["separated by commas"]),
            ("y\n1\n", .missingColumn, ["no feature column"]),
            ("x,y\n", .noRecords, ["a header and no records"]),
            ("", .noRecords, ["empty"]),
            ("x,y\n1,\"2\n", .malformedText, ["line 2", "never closed"]),
            ("x,y\n1,\"2\"3\n", .malformedText, ["line 2", "after the closing quote of field 2"]),
            ("x,y\n1,2\"3\n", .malformedText, ["line 2", "field 2"]),
            ("x,y\r1,2\r", .malformedText, ["line 1", "carriage return"]),
            ("x,y\n\"1\n2\",5\n3,z\n", .notANumber, ["line 2", "1?2"]),
        ])
    func faults(text: String, code: DatasetsError.Code, parts: [String]) throws {
        let error = try #require(fault(text))
        #expect(error.code == code, "\(error)")
        for part in parts + ["data.csv"] { #expect(error.message.contains(part), "\(error)") }
    }

    @Test("long values and control characters are cut from messages")
    func shortValues() throws {
        let error = try #require(fault("x,y\n\u{1B}[31m\(String(repeating: "z", count: 5_000)),1\n"))
        #expect(error.message.contains("?[31mzzz"))
        #expect(error.message.count < 300)
    }

    @Test("options that cannot be met are refused")
    func options() throws {
        let text = "t,x,y\na,1,2\n"
        func code(_ options: DatasetOptions) -> DatasetsError.Code? { fault(text, options)?.code }
        #expect(code(DatasetOptions(taskColumn: "site")) == .missingColumn)
        #expect(code(DatasetOptions(taskColumn: "y")) == .duplicateColumn)
        #expect(code(DatasetOptions(taskColumn: "t", featureColumns: ["x", "x"])) == .duplicateColumn)
        #expect(code(DatasetOptions(taskColumn: "t", featureColumns: ["y"])) == .duplicateColumn)
        #expect(code(DatasetOptions(taskColumn: "t", featureColumns: [])) == .missingColumn)
        #expect(code(DatasetOptions(taskColumn: "t", tasks: ["a", "b"])) == .unknownTask)
        #expect(code(DatasetOptions(taskColumn: "t", tasks: [])) == .invalidParameter)
        // Without a task column the names are features and no numbers.
        #expect(code(DatasetOptions()) == .notANumber)
    }

    @Test("text that is not UTF-8 is refused where it is a name")
    func encodings() throws {
        let folder = try TemporaryFolder()
        func code(_ bytes: [UInt8], task: String?) throws -> DatasetsError.Code? {
            let path = try folder.write(bytes, to: "data.csv")
            return #expect(throws: DatasetsError.self) {
                try Dataset.load(path: path, options: DatasetOptions(taskColumn: task))
            }?.code
        }
        #expect(try code([0xFF, 0xFE] + Array("x,y\n".utf8), task: nil) == .unsupportedFormat)
        #expect(try code([0xE9] + Array(",y\n1,2\n".utf8), task: nil) == .unsupportedFormat)
        #expect(
            try code(Array("t,x,y\n".utf8) + [0xE9] + Array(",1,2\n".utf8), task: "t") == .unsupportedFormat)
    }

    @Test("what is no readable file of a known kind is refused")
    func files() throws {
        let folder = try TemporaryFolder()
        func code(_ path: String) -> DatasetsError.Code? {
            #expect(throws: DatasetsError.self) { try Dataset.load(path: path) }?.code
        }
        #expect(code("\(folder.path)/absent.csv") == .unreadable)
        #expect(code(folder.path) == .unreadable)
        #expect(code("/dev/null") == .unreadable)
        #expect(code(try folder.write("x,y\n1,2\n", to: "data.txt")) == .unsupportedFormat)
        #expect(code(try folder.write("x,y\n1,2\n", to: "data.npy")) == .malformedArray)
        #expect(code(try folder.write("x,y\n1,2\n", to: "data.npz")) == .malformedArchive)
        #expect(try Dataset.load(path: folder.write("x,y\n1,2\n", to: "DATA.CSV")).recordCount == 1)
    }

    @Test("records that straddle chunks are whole, at every offset")
    func chunkBorders() throws {
        // A first field of growing width moves every later byte across the border once.
        let records = (0..<4_000).map { "\($0),\"\($0)\"\r\n" }.joined()
        for padding in 0..<24 {
            let text = "\(String(repeating: "x", count: 1 + padding)),y\r\n" + records
            #expect(text.utf8.count > DatasetsLimits.chunkByteCount * 3 / 4)
            let wide = "\(text)\(records)"
            let task = try load(wide).tasks[0]
            #expect(task.recordCount == 8_000)
            #expect(task.targets == (0..<8_000).map { Double($0 % 4_000) })
            #expect(task.features.elements == task.targets)
        }
    }

    @Test("a record may be as long as its bound and no longer", arguments: [-1, 0, 1])
    func recordBound(excess: Int) throws {
        let head = "x,y\n"
        let tail = ",1\n"
        let length = DatasetsLimits.recordByteCount + excess - tail.utf8.count - 1
        let text = head + "0." + String(repeating: "0", count: length - 1) + tail
        if excess <= 0 {
            #expect(try load(text).tasks[0].features.elements == [0])
            #expect(try load(String(text.dropLast())).recordCount == 1)
        } else {
            #expect(fault(text)?.code == .tooLarge)
        }
    }

    @Test("there may be as many columns as their bound and no more", arguments: [-1, 0, 1])
    func columnBound(excess: Int) throws {
        let count = DatasetsLimits.columnCount + excess
        let header = (1..<count).map { "c\($0)" }.joined(separator: ",") + ",y\n"
        let record = String(repeating: "1,", count: count - 1) + "2\n"
        if excess <= 0 {
            #expect(try load(header + record).dimension == count - 1)
        } else {
            #expect(fault(header + record)?.code == .tooLarge)
        }
    }

    @Test("there may be as many tasks as their bound and no more", arguments: [-1, 0, 1])
    func taskBound(excess: Int) throws {
        let count = DatasetsLimits.taskCount + excess
        let text = "t,x,y\n" + (0..<count).map { "\($0),1,2\n" }.joined()
        let options = DatasetOptions(taskColumn: "t")
        if excess <= 0 {
            #expect(try load(text, options).tasks.count == count)
        } else {
            #expect(fault(text, options)?.code == .tooLarge)
        }
    }

    @Test("values may be as many as their bound and no more", arguments: [-1, 0, 1])
    func valueBound(excess: Int) {
        let count = DatasetsLimits.valueCount + excess
        if excess <= 0 {
            #expect(throws: Never.self) {
                try TaskRecords.checkSize(recordCount: count, dimension: 1, file: "f")
            }
        } else {
            #expect(throws: DatasetsError(.tooLarge, "")) {
                try TaskRecords.checkSize(recordCount: count, dimension: 1, file: "f")
            }
            #expect(throws: DatasetsError(.tooLarge, "")) {
                try TaskRecords.checkSize(recordCount: .max, dimension: 2, file: "f")
            }
        }
    }
}
