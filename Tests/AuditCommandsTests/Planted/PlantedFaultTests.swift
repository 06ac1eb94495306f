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
        "each fault is found by the subcommands that are named for it", arguments: PlantedFault.allCases,
        1...3 as ClosedRange<UInt64>)
    func fault(_ fault: PlantedFault, seed: UInt64) throws {
        let planted = try PlantedRun(fault, seed: seed)
        for finder in fault.finders {
            let (findings, text, status) = try Self.run(finder.subcommand, planted)
            #expect(status != 0 && status != 20, "\(finder.subcommand), seed \(seed):\n\(text)")
            #expect(
                findings.contains { $0.kind == finder.kind }, "\(finder.subcommand), seed \(seed):\n\(text)")
        }
    }

    @Test(
        "docs/privacy-audit.md names these subcommands, and what they say", arguments: PlantedFault.allCases)
    func documented(_ fault: PlantedFault) throws {
        let document = try text(of: Self.document)
        let row = try #require(
            document.split(separator: "\n").first { $0.hasPrefix("| \(fault.rawValue) |") })
        let cells = row.split(separator: "|").map { $0.trimmingPrefix { $0 == " " } }
        let finders = fault.finders.map { "`\($0.subcommand.rawValue)` \($0.kind.exitStatus)" }
        #expect(cells[1].hasPrefix(finders.joined(separator: ", ") + " "), "\(row)")
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
