internal import LinearAlgebra
internal import TestSupport
internal import Testing

@testable internal import Datasets

@Suite struct NumPyTableTests {
    /// Three records: task, two features, target.
    private static let rows: [Double] = [5, 1, 2, 7, -2, 3, 4, 8, 5, 5, 6, 9]
    private static let columns: [Double] = [5, -2, 5, 1, 3, 5, 2, 4, 6, 7, 8, 9]

    private func load(_ bytes: [UInt8], _ options: DatasetOptions) throws -> Dataset {
        let folder = try TemporaryFolder()
        return try Dataset.load(path: folder.write(bytes, to: "data.npy"), options: options)
    }

    private func fault(
        _ options: DatasetOptions, _ bytes: [UInt8] = ZipBuilder.array(rows, shape: "(3, 4)")
    ) -> DatasetsError? {
        #expect(throws: DatasetsError.self) { try load(bytes, options) }
    }

    @Test(
        "columns are named by number, in either order of the elements",
        arguments: [(rows, "False"), (columns, "True")])
    func tasks(elements: [Double], order: String) throws {
        let bytes = ZipBuilder.array(elements, shape: "(3, 4)", order: order)
        let dataset = try load(bytes, DatasetOptions(taskColumn: "c1", targetColumn: "c4"))
        #expect(dataset.featureNames == ["c2", "c3"])
        #expect(dataset.tasks.map(\.name) == ["-2", "5"])
        #expect(dataset.tasks[1].features == Matrix(columns: [[1, 5], [2, 6]]))
        #expect(dataset.tasks[1].targets == [7, 9])
        let chosen = try load(
            bytes,
            DatasetOptions(taskColumn: "c1", targetColumn: "c4", featureColumns: ["c3"], tasks: ["-2"]))
        #expect(chosen.tasks.map(\.features) == [Matrix(columns: [[4]])])
        let whole = try load(bytes, DatasetOptions(targetColumn: "c4", defaultTaskName: "all"))
        #expect(whole.tasks.map(\.name) == ["all"])
        #expect(whole.featureNames == ["c1", "c2", "c3"] && whole.tasks[0].targets == [7, 8, 9])
    }

    @Test("columns that are not there, or are two things, are refused with what there is")
    func columnFaults() {
        let absent = fault(DatasetOptions())
        #expect(absent?.code == .missingColumn)
        #expect(absent?.message.contains("\"y\" (target_column); the columns are called c1 to c4") == true)
        for name in ["c0", "c5", "c01", "c+1", "4", "C4", "c"] {
            #expect(fault(DatasetOptions(targetColumn: name))?.code == .missingColumn, "\(name)")
        }
        #expect(fault(DatasetOptions(taskColumn: "c9", targetColumn: "c4"))?.code == .missingColumn)
        #expect(fault(DatasetOptions(taskColumn: "c4", targetColumn: "c4"))?.code == .duplicateColumn)
        for features in [["c4"], ["c1"], ["c2", "c2"]] {
            let options = DatasetOptions(taskColumn: "c1", targetColumn: "c4", featureColumns: features)
            #expect(fault(options)?.code == .duplicateColumn)
        }
        #expect(fault(DatasetOptions(targetColumn: "c4", featureColumns: []))?.code == .missingColumn)
        #expect(
            fault(DatasetOptions(targetColumn: "c1"), ZipBuilder.array([1, 2], shape: "(2, 1)"))?.code
                == .missingColumn)
        #expect(
            fault(DatasetOptions(taskColumn: "c1", targetColumn: "c4", tasks: ["6"]))?.code == .unknownTask)
    }

    @Test("a task that is no whole number, other shapes, and files cut short are refused")
    func contentFaults() {
        let options = DatasetOptions(taskColumn: "c1", targetColumn: "c2")
        let broken = fault(options, ZipBuilder.array([1, 2, 3, 1.5, 2, 3], shape: "(2, 3)"))
        #expect(broken?.code == .unsuitableArray)
        #expect(broken?.message.contains("row 1, column \"c1\": the task 1.5") == true)
        #expect(fault(options, ZipBuilder.array([1, 2], shape: "(2,)"))?.code == .unsuitableArray)
        #expect(fault(options, ZipBuilder.array([], shape: "(0, 3)"))?.code == .noRecords)
        #expect(fault(options, ZipBuilder.array([1, 2, 3], shape: "(2, 3)"))?.code == .malformedArray)
        #expect(fault(options, [0x93])?.code == .malformedArray)
        #expect(fault(options, ZipBuilder.array([1, 2, .nan], shape: "(1, 3)"))?.code == .nonFinite)
    }
}
