internal import ArgumentParser
internal import AuditCommands
internal import CommandLineTools
internal import TestSupport
internal import Testing

@Suite("Planted faults, and honest sites")
struct PlantedFaultTests {
    /// Runs a subcommand and returns what it found, what it wrote and its exit status.
    private static func run(
        _ subcommand: PlantedFault.Subcommand, _ run: PlantedRun
    ) throws -> (findings: [AuditFinding], text: String, status: Int32) {
        let arguments = [run.folder.path]
        switch subcommand {
        case .verify:
            let command = try VerifyCommand.parse(arguments)
            let (text, status) = RunFixture.run { try command.run($0) }
            return (try Audit(folder: run.folder.path).findings, text, status)
        case .noiseTest:
            let command = try NoiseTestCommand.parse(arguments)
            let (text, status) = RunFixture.run { try command.run($0) }
            return (try NoiseTestAudit(folder: run.folder.path).findings, text, status)
        case .canary:
            let command = try CanaryCommand.parse(arguments)
            let (text, status) = RunFixture.run { try command.run($0) }
            return (try CanaryAudit(folder: run.folder.path, confidence: 0.95).findings, text, status)
        }
    }

    @Test(
        "each fault is found by the subcommands that docs/privacy-audit.md names, with the exit status that it says",
        arguments: PlantedFault.allCases, 1...3 as ClosedRange<UInt64>)
    func fault(_ fault: PlantedFault, seed: UInt64) throws {
        let planted = try PlantedRun(fault, seed: seed)
        let documented = try Self.documentedStatuses(of: fault)
        #expect(Set(documented.keys) == Set(fault.finders.map(\.subcommand)), "\(documented)")
        for finder in fault.finders {
            let (findings, text, status) = try Self.run(finder.subcommand, planted)
            #expect(status == documented[finder.subcommand], "\(finder.subcommand), seed \(seed):\n\(text)")
            #expect(
                findings.contains { $0.kind == finder.kind }, "\(finder.subcommand), seed \(seed):\n\(text)")
        }
        // A fault of the ledger ends all three alike; what `verify` is not named for, it does not see.
        let verified = try Self.run(.verify, planted)
        #expect(verified.status == documented[.verify] ?? 0, "verify, seed \(seed):\n\(verified.text)")
        guard verified.status != 0 else { return }
        for subcommand in [PlantedFault.Subcommand.noiseTest, .canary] {
            let (_, text, status) = try Self.run(subcommand, planted)
            #expect(status == verified.status, "\(subcommand), seed \(seed):\n\(text)")
        }
    }

    /// The exit statuses in the document's table, as `` `noise-test` 23, `canary` 25 by the variance``.
    private static func documentedStatuses(
        of fault: PlantedFault
    ) throws -> [PlantedFault.Subcommand: Int32] {
        let row = try #require(
            text(of: Self.document).split(separator: "\n").first { $0.hasPrefix("| \(fault.rawValue) |") })
        let cell = try #require(row.split(separator: "|").dropFirst().first)
        let finders = try #require(cell.ranges(of: " by ").first.map { cell[..<$0.lowerBound] }, "\(row)")
        var statuses: [PlantedFault.Subcommand: Int32] = [:]
        for finder in finders.split(separator: ",") {
            let words = finder.split(separator: " ")
            try #require(words.count == 2, "\(row)")
            let subcommand = try #require(
                PlantedFault.Subcommand(rawValue: words[0].filter { $0 != "`" }), "\(row)")
            let status: Int32 = try #require(Int32(words[1]), "\(row)")
            statuses[subcommand] = status
        }
        return statuses
    }

    @Test(
        "an honest site passes 20 of 20 runs, with all records in each release and with samples",
        arguments: 1...20 as ClosedRange<UInt64>, [false, true])
    func honest(seed: UInt64, isSampled: Bool) throws {
        let run = try PlantedRun(seed: seed, isSampled: isSampled)
        for subcommand in [PlantedFault.Subcommand.verify, .noiseTest, .canary] {
            let (_, text, status) = try Self.run(subcommand, run)
            #expect(status == 0, "\(subcommand), seed \(seed), sampled: \(isSampled):\n\(text)")
        }
        // The epsilon of samples takes seconds of the accountants.
        guard !isSampled else { return }
        let command = try StatementCommand.parse([run.folder.path, "--delta", "1e-5"])
        let (text, status) = RunFixture.run { try command.run($0) }
        #expect(status == 0, "statement, seed \(seed):\n\(text)")
        #expect(
            text.contains("none: see the assumptions that are not met"),
            "noise of a seed protects nobody, seed \(seed)")
    }

    private static var document: String {
        let root = #filePath.ranges(of: "/Tests/").last.map { #filePath[..<$0.lowerBound] } ?? ""
        return "\(root)/docs/privacy-audit.md"
    }
}
