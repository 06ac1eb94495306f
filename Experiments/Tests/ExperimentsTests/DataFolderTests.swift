internal import Datasets
internal import Experiments
internal import TestSupport
internal import Testing

/// The tasks that are made of published data have the sizes that the data's READMEs state.
@Suite(.enabled(if: SharedFiles.path("data/README.md") != nil, "skipped: no data"))
struct DataFolderTests {
    private func folder() throws -> DataFolder {
        DataFolder(
            path: String(try #require(SharedFiles.path("data/README.md")).dropLast("/README.md".count)))
    }

    @Test("MTFL's four attributes")
    func faces() throws {
        let faces = try folder().faces()
        #expect(faces.tasks.map(\.recordCount) == [10_000, 10_000, 10_000, 2_224])
        #expect(faces.tasks.map { $0.targets.reduce(0, +) } == [5_807, 5_616, 1_408, 1_111])
    }

    @Test("subjects, fields and digits")
    func others() throws {
        let folder = try folder()
        let motor = try folder.parkinsons(target: "motor_UPDRS")
        #expect(motor.tasks.count == 42 && motor.recordCount == 5_875 && motor.dimension == 19)
        #expect(try folder.landmine().tasks.count == 29)
        #expect(try folder.digits().tasks.map(\.recordCount) == [358, 356, 356, 364, 363])
        #expect(folder.absent(of: ["README.md", "nothing.csv"]).count == 1)
    }
}
