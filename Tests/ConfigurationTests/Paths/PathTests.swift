import Configuration
import FoundationEssentials
import TestSupport
import Testing

@Suite struct PathTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func load(
        _ file: String, path: String, environment: [String: String] = [:]
    ) throws -> StudyConfiguration {
        let study = try folder.write(StudyTexts.minimal + "\ndata: {path: \"\(path)\", task: t}", to: file)
        return try StudyConfiguration.load(path: study, environment: environment)
    }

    @Test(
        "relative paths count from the file's folder",
        arguments: [
            ("a.csv", "/x/y/a.csv"), ("./a.csv", "/x/y/a.csv"), ("../a.csv", "/x/a.csv"),
            ("../../../x//a.csv", nil),
        ])
    func relative(path: String, expected: String?) throws {
        let paths = try load("x/y/study.yaml", path: path).data?.paths
        let parent = "/" + folder.path.split(separator: "/").dropLast().joined(separator: "/")
        #expect(paths == [expected.map { folder.path + $0 } ?? parent + "/x/a.csv"])
    }

    @Test("absolute paths stay")
    func absolute() throws {
        #expect(try load("study.yaml", path: "/a/./b/../c.csv").data?.paths == ["/a/c.csv"])
    }

    @Test("a study behind a symbolic link counts from the file itself")
    func symbolicLink() throws {
        _ = try load("real/deep/study.yaml", path: "../a.csv")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/real/deep")
        let study = try StudyConfiguration.load(path: folder.path + "/link/study.yaml", environment: [:])
        #expect(study.data?.paths == [folder.path + "/real/a.csv"])
    }

    @Test("ATOLL_DATA comes from the environment first")
    func fromEnvironment() throws {
        try folder.write("", to: "shared/data/school.csv")
        let study = try load(
            "checkout/configs/study.yaml", path: "${ATOLL_DATA}/school.csv",
            environment: ["ATOLL_DATA": "/my/data/"])
        #expect(study.data?.paths == ["/my/data/school.csv"])
    }

    @Test("ATOLL_DATA is else the nearest shared/data beside a folder above the study")
    func fromAncestors() throws {
        try folder.write("", to: "shared/data/school.csv")
        let study = try load("checkout/configs/deep/study.yaml", path: "${ATOLL_DATA}/school.csv")
        #expect(study.data?.paths == [folder.path + "/shared/data/school.csv"])
        try study.data?.requirePresent()
        try folder.write("", to: "checkout/shared/data/school.csv")
        let nearer = try load("checkout/configs/deep/study.yaml", path: "${ATOLL_DATA}/school.csv")
        #expect(nearer.data?.paths == [folder.path + "/checkout/shared/data/school.csv"])
    }

    @Test("absent data give one error with the file and its public source")
    func absentData() throws {
        let file = try folder.write(
            StudyTexts.minimal + "\ndata: {path: none.csv, task: t, source: https://example.org/d}",
            to: "study.yaml")
        let data = try #require(try StudyConfiguration.load(path: file, environment: [:]).data)
        let error = #expect(throws: ConfigurationError.self) { try data.requirePresent() }
        #expect(error?.code == .absentData)
        #expect(error?.message.hasPrefix(folder.path + "/none.csv: ") == true)
        #expect(error?.message.contains("https://example.org/d") == true)
    }

    @Test("without any data folder the study still loads, and says so when data are needed")
    func noDataFolder() throws {
        // Temporary files may lie below a folder that has one beside it, as may the checkout.
        let apart = try TemporaryFolder(in: "/dev/shm")
        let file = try apart.write(
            StudyTexts.minimal + "\ndata: {path: \"${ATOLL_DATA}/school.csv\", task: t}", to: "study.yaml")
        let study = try StudyConfiguration.load(path: file, environment: [:])
        let data = try #require(study.data)
        try #require(data.paths == ["${ATOLL_DATA}/school.csv"])
        let error = #expect(throws: ConfigurationError.self) { try data.requirePresent() }
        #expect(error?.code == .absentData)
        #expect(error?.message.contains("ATOLL_DATA is not set") == true)
        #expect(try StudyTexts.parse(study.yaml()).data?.paths == ["/data/school.csv"])
    }

    @Test("a file that is absent, a folder or no text is refused by name")
    func unreadable() throws {
        let noText = folder.path + "/bytes.yaml"
        try Data([0x6E, 0xFF, 0xFE]).write(to: URL(filePath: noText))
        for path in [folder.path + "/none.yaml", folder.path, "/dev/zero", noText] {
            let error = #expect(throws: ConfigurationError.self) { try StudyConfiguration.load(path: path) }
            #expect(error?.code == .unreadableFile)
            #expect(error?.message.hasPrefix(path + ": the study ") == true, "\(String(describing: error))")
        }
    }
}
