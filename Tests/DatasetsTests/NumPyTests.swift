internal import LinearAlgebra
internal import TestSupport
internal import Testing

@testable internal import Datasets

@Suite struct NumPyTests {
    private typealias Member = ZipBuilder.Member

    private let features = Member(
        name: "X.npy", bytes: ZipBuilder.array([1, 2, 3, 4, 5, 6], shape: "(3, 2)"))
    private let targets = Member(name: "y.npy", bytes: ZipBuilder.array([7, 8, 9], shape: "(3,)"))
    private let tasks = Member(
        name: "task.npy",
        bytes: ZipBuilder.array(
            "{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }", [5, 0, 0xFE, 0xFF, 5, 0]))

    private func load(_ builder: ZipBuilder, _ options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let folder = try TemporaryFolder()
        return try Dataset.load(path: folder.write(builder.bytes, to: "data.npz"), options: options)
    }

    private func fault(_ members: [Member], _ options: DatasetOptions = DatasetOptions()) -> DatasetsError? {
        #expect(throws: DatasetsError.self) { try load(ZipBuilder(members: members), options) }
    }

    @Test("features and targets make one task; tasks divide them, in numerical order")
    func arrays() throws {
        let one = try load(ZipBuilder(members: [features, targets]))
        #expect(one.tasks.map(\.name) == ["task"])
        #expect(one.tasks[0].features == Matrix(columns: [[1, 3, 5], [2, 4, 6]]))
        #expect(one.tasks[0].targets == [7, 8, 9])
        #expect(one.featureNames == ["x1", "x2"])
        let all = ZipBuilder(members: [tasks, targets, features])
        #expect(try load(all) == one, "an array called task divides nothing unless it is named")
        let two = try load(all, DatasetOptions(taskColumn: "task"))
        #expect(two.tasks.map(\.name) == ["-2", "5"])
        #expect(two.tasks[0].features.elements == [3, 4])
        #expect(two.tasks[1].features == Matrix(columns: [[1, 5], [2, 6]]))
        #expect(two.tasks[1].targets == [7, 9])
    }

    @Test("column-major features, local ZIP64 headers, a comment and other names are read alike")
    func variants() throws {
        let expected = try load(ZipBuilder(members: [features, targets]))
        let column = Member(
            name: "X.npy", bytes: ZipBuilder.array([1, 3, 5, 2, 4, 6], shape: "(3, 2)", order: "True"))
        #expect(try load(ZipBuilder(members: [column, targets])) == expected)
        let upright = Member(name: "y.npy", bytes: ZipBuilder.array([7, 8, 9], shape: "(3, 1)"))
        #expect(try load(ZipBuilder(members: [features, upright])) == expected)
        var renamed = [features, targets]
        renamed[0].hasZip64LocalHeader = true
        renamed[0].name = "data.npy"
        let options = DatasetOptions(featureArray: "data")
        #expect(
            try load(ZipBuilder(members: renamed, comment: Array("PK\u{5}\u{6} no".utf8)), options)
                == expected)
        for version in [[2, 0], [3, 0]] as [[UInt8]] {
            let bytes = ZipBuilder.array(
                "{'shape': (3,), \"fortran_order\": False, 'descr': '<f8'}",
                [7.0, 8, 9].flatMap { ZipBuilder.little($0.bitPattern) }, version: version)
            #expect(
                try load(ZipBuilder(members: [features, Member(name: "y.npy", bytes: bytes)])) == expected)
        }
    }

    @Test("columns and tasks are chosen by name")
    func selection() throws {
        let options = DatasetOptions(taskColumn: "task", featureColumns: ["x2"], tasks: ["5"])
        let dataset = try load(ZipBuilder(members: [features, targets, tasks]), options)
        #expect(dataset.tasks.map(\.name) == ["5"])
        #expect(dataset.tasks[0].features.elements == [2, 6])
        let members = [features, targets, tasks]
        #expect(fault(members, DatasetOptions(featureColumns: ["x3"]))?.code == .missingColumn)
        #expect(fault(members, DatasetOptions(featureColumns: ["x1", "x1"]))?.code == .duplicateColumn)
        #expect(fault(members, DatasetOptions(featureColumns: []))?.code == .missingColumn)
        #expect(fault(members, DatasetOptions(taskColumn: "task", tasks: ["6"]))?.code == .unknownTask)
    }

    @Test(
        "every element type reads to the same value, extremes included",
        arguments: [
            ("<f8", [0, 0, 0, 0, 0, 0, 0xF8, 0xBF], -1.5), ("<f4", [0, 0, 0xC0, 0xBF], -1.5),
            ("<i8", [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], -2),
            ("<i4", [0, 0, 0, 0x80], -2_147_483_648),
            ("<i2", [0, 0x80], -32_768), ("|i1", [0x80], -128), ("<u8", [0, 0, 0, 0, 0, 0, 0, 0x80], 0x1p63),
            ("<u4", [0xFF, 0xFF, 0xFF, 0xFF], 4_294_967_295), ("<u2", [0xFF, 0xFF], 65_535),
            ("|u1", [0xFF], 255),
            ("|b1", [1], 1), ("|b1", [0], 0),
        ] as [(String, [UInt8], Double)])
    func types(descriptor: String, element: [UInt8], value: Double) throws {
        let bytes = ZipBuilder.array(
            "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (1, 1), }", element)
        let target = Member(name: "y.npy", bytes: ZipBuilder.array([0], shape: "(1,)"))
        let dataset = try load(ZipBuilder(members: [Member(name: "X.npy", bytes: bytes), target]))
        #expect(dataset.tasks[0].features.elements == [value])
    }

    @Test(
        "values that cannot be used are refused with their place",
        arguments: [
            ("<f8", [0, 0, 0, 0, 0, 0, 0xF8, 0x7F], DatasetsError.Code.nonFinite),
            ("<f4", [0, 0, 0x80, 0xFF], .nonFinite),
            ("<i8", [1, 0, 0, 0, 0, 0, 0x20, 0], .unsuitableArray),
            ("<u8", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .unsuitableArray),
        ] as [(String, [UInt8], DatasetsError.Code)])
    func values(descriptor: String, element: [UInt8], code: DatasetsError.Code) throws {
        let bytes = ZipBuilder.array(
            "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (1, 1), }", element)
        let target = Member(name: "y.npy", bytes: ZipBuilder.array([0], shape: "(1,)"))
        let error = try #require(fault([Member(name: "X.npy", bytes: bytes), target]))
        #expect(error.code == code)
        #expect(error.message.contains("data.npz") && error.message.contains("row 0, column 0"))
    }

    @Test(
        "headers that break the format are refused",
        arguments: [
            "", "{", "{}", "{'descr': '<f8', 'fortran_order': False}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (3)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)} x",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'more': 1}",
            "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f8', 'fortran_order': 0, 'shape': (3,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (3.0,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "{'descr': '<f8\\n', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f8",
            "{'descr': __import__('os'), 'fortran_order': False, 'shape': (3,)}",
            // The shape needs 24 bytes of elements; these are 16 and 32.
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (4,)}",
        ])
    func headers(text: String) throws {
        let bytes = ZipBuilder.array(text, [UInt8](repeating: 0, count: 24))
        let error = try #require(fault([features, Member(name: "y.npy", bytes: bytes)]))
        #expect(error.code == .malformedArray, "\(error)")
        #expect(error.message.contains("y.npy"))
    }

    @Test(
        "element types and shapes that are not read are refused",
        arguments: [
            "{'descr': '>f8', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<U1', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': ()}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1, 1)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 3)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
        ])
    func unsuitable(text: String) {
        let bytes = ZipBuilder.array(text, [UInt8](repeating: 0, count: 24))
        #expect(fault([features, Member(name: "y.npy", bytes: bytes)])?.code == .unsuitableArray)
    }

    @Test("lying shapes are refused before memory is taken for them")
    func lies() {
        for shape in ["(268435457, 1)", "(4294967296, 4294967296)", "(9223372036854775807, 2)"] {
            let bytes = ZipBuilder.array(
                "{'descr': '|u1', 'fortran_order': False, 'shape': \(shape)}", [1, 2, 3])
            #expect(fault([Member(name: "X.npy", bytes: bytes), targets])?.code == .tooLarge)
        }
        let bytes = ZipBuilder.array(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (268435456, 1)}", [1, 2, 3])
        #expect(fault([Member(name: "X.npy", bytes: bytes), targets])?.code == .malformedArray)
        let header = [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(fault([Member(name: "X.npy", bytes: header), targets])?.code == .tooLarge)
    }

    @Test("arrays that do not fit together are refused")
    func mismatches() {
        let vector = Member(name: "X.npy", bytes: targets.bytes)
        let empty = Member(name: "X.npy", bytes: ZipBuilder.array([], shape: "(0, 2)"))
        let narrow = Member(name: "X.npy", bytes: ZipBuilder.array([], shape: "(3, 0)"))
        let real = Member(name: "task.npy", bytes: targets.bytes)
        #expect(fault([features])?.code == .unsuitableArray)
        #expect(fault([targets])?.message.contains("\"y.npy\"") == true)
        #expect(fault([vector, targets])?.code == .unsuitableArray)
        #expect(fault([empty, targets])?.code == .noRecords)
        #expect(fault([narrow, targets])?.code == .tooLarge)
        let named = DatasetOptions(taskColumn: "task")
        #expect(fault([features, targets, real], named)?.message.contains("astype(numpy.int64)") == true)
        #expect(fault([features, targets], named)?.code == .unsuitableArray)
        #expect(fault([features, features, targets])?.code == .malformedArchive)
    }

    @Test("other bytes than NumPy's are refused by magic and version")
    func prefixes() {
        var bytes = targets.bytes
        bytes[0] = 0x92
        #expect(fault([features, Member(name: "y.npy", bytes: bytes)])?.code == .malformedArray)
        bytes[0] = 0x93
        for version in [[0, 0], [1, 1], [4, 0]] as [[UInt8]] {
            bytes.replaceSubrange(6..<8, with: version)
            #expect(fault([features, Member(name: "y.npy", bytes: bytes)])?.code == .malformedArray)
        }
        #expect(fault([features, Member(name: "y.npy", bytes: [0x93])])?.code == .malformedArray)
    }

    @Test("the arrays of targets and tasks are those that the column names say")
    func namedArrays() throws {
        var members = [features, targets, tasks]
        members[1].name = "score.npy"
        members[2].name = "school.npy"
        let options = DatasetOptions(taskColumn: "school", targetColumn: "score")
        let dataset = try load(ZipBuilder(members: members), options)
        #expect(dataset.tasks.map(\.name) == ["-2", "5"])
        #expect(dataset.tasks[1].targets == [7, 9])
        let absent = try #require(fault(members, DatasetOptions(taskColumn: "school")))
        #expect(absent.code == .unsuitableArray)
        for word in ["\"y\" (target_column)", "\"X\"", "score.npy"] { #expect(absent.message.contains(word)) }
        #expect(
            fault(members, DatasetOptions(taskColumn: "X", targetColumn: "score"))?.code == .duplicateColumn)
        #expect(fault(members, DatasetOptions(targetColumn: "X"))?.code == .duplicateColumn)
    }

    @Test("tasks named by text are refused with the way to number them", arguments: ["<U1", "|S4", "=U1"])
    func textTasks(descriptor: String) throws {
        let bytes = ZipBuilder.array(
            "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (3,)}",
            [UInt8](repeating: 65, count: 12))
        let error = try #require(
            fault(
                [features, targets, Member(name: "task.npy", bytes: bytes)],
                DatasetOptions(taskColumn: "task")))
        #expect(error.code == .unsuitableArray)
        #expect(error.message.contains("return_inverse") && error.message.contains("task.npy"))
    }
}
