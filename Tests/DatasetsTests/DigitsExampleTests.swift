internal import Datasets
internal import Glibc
internal import LinearAlgebra
internal import TestSupport
internal import Testing

@Suite struct DigitsExampleTests {
    private static let folder: String = {
        // This file is <checkout>/Tests/DatasetsTests/DigitsExampleTests.swift; the path may pass a link.
        let parts = #filePath.split(separator: "/").dropLast()
        let folder = unsafe realpath("/" + parts.joined(separator: "/"), nil)
        defer { unsafe free(folder) }
        let tests = unsafe folder.map { unsafe String(cString: $0) } ?? ""
        return tests + "/../../Examples/digits"
    }()

    @Test(
        "each site's file has its two digits",
        arguments: [
            ("0v9", 178, 180), ("1v8", 182, 174), ("2v7", 177, 179), ("3v6", 183, 181), ("4v5", 181, 182),
        ])
    func counts(pair: String, zeros: Int, ones: Int) throws {
        let site = try Dataset.load(
            path: "\(Self.folder)/site-\(pair).csv",
            options: DatasetOptions(targetColumn: "label", defaultTaskName: pair))
        #expect(site.tasks.map(\.name) == [pair])
        #expect(site.featureNames == (0..<64).map { "p\($0)" })
        #expect(site.tasks[0].targets.filter { $0 == 0 }.count == zeros)
        #expect(site.tasks[0].targets.filter { $0 == 1 }.count == ones)
        #expect(site.recordCount == zeros + ones)
        #expect(site.tasks[0].features.elements.allSatisfy { (0...16).contains($0) && $0 == $0.rounded() })
    }

    @Test(
        "the files are what the script makes of the whole table",
        .enabled(if: SharedFiles.path("data/digits/digits.csv") != nil, "skipped: no data"))
    func provenance() throws {
        let folder = try TemporaryFolder()
        let source = try #require(SharedFiles.path("data/digits/digits.csv"))
        let command = "'\(Self.folder)/scripts/make-digits' '\(source)' '\(folder.path)'"
        #expect(unsafe system(command) == 0)
        for pair in ["0v9", "1v8", "2v7", "3v6", "4v5"] {
            let name = "site-\(pair).csv"
            #expect(try contents(of: "\(folder.path)/\(name)") == contents(of: "\(Self.folder)/\(name)"))
        }
    }
}
