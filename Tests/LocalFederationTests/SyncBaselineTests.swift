internal import Configuration
internal import Foundation
internal import MultiTaskLearning
internal import Reporting
internal import TestSupport
internal import Testing

@testable internal import ThroughputBench

/// What a federation with privacy on is measured beside, and its study.
@Suite struct SyncBaselineTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("the bare syncs write each site's journal and ledger, a whole update each time")
    func syncs() async throws {
        let baseline = SyncBaseline(journalByteCount: 300, ledgerByteCount: 470)
        let seconds = try await baseline.seconds(for: .milliseconds(20), siteCount: 3, in: folder.path)
        #expect(seconds.count >= 3)
        #expect(seconds.allSatisfy { $0 > 0 })
        let files = FileManager.default
        var entryCount = 0
        for site in 0..<3 {
            let path = folder.file("syncs-3-\(site)")
            #expect(files.fileExists(atPath: path + "/journal"))
            let size = try files.attributesOfItem(atPath: path + "/ledger")[.size] as? Int ?? 0
            #expect(size > 0 && size % 470 == 0)
            entryCount += size / 470
        }
        #expect(entryCount == seconds.count)
    }

    @Test("where no folder can be, there is an error")
    func missingFolder() async throws {
        let file = try folder.write("", to: "file")
        let baseline = SyncBaseline(journalByteCount: 1, ledgerByteCount: 1)
        await #expect(throws: ReportingError.self) {
            try await baseline.seconds(for: .zero, siteCount: 1, in: file)
        }
    }

    @Test("the private study differs from the other by its privacy alone")
    func study() throws {
        func study(isPrivate: Bool) throws -> StudyConfiguration {
            try BenchStudy(
                dimension: 3, siteCount: 2, regularizer: .mean, isPrivate: isPrivate,
                folder: folder.file("data-\(isPrivate)")
            ).configuration
        }
        let (open, noised) = try (study(isPrivate: false), study(isPrivate: true))
        #expect(open.privacy == nil && noised.privacy != nil)
        let known = Set(open.yaml().split(separator: "\n"))
        let added = noised.yaml().split(separator: "\n").filter { !known.contains($0) }
        #expect(added.first == "privacy:" && added.dropFirst().allSatisfy { $0.hasPrefix("  ") }, "\(added)")
        #expect(open.sites == noised.sites && open.tasks.map(\.name) == noised.tasks.map(\.name))
    }
}
