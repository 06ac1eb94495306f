package import ArgumentParser
package import CommandLineTools
package import Reporting

/// `atoll-audit statement`.
package struct StatementCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Issues the complete claim of every ledger of a run's folder: what is protected from whom, epsilon at several \
        deltas by every accountant that applies, epsilon over time, and the assumptions that are met, not met, and not \
        checkable. Where a site has several ledgers, their sum is stated as well, for whoever is in all of their data \
        sets. The folder is verified first, and the exit status is that of `atoll-audit verify`.
        """,
        examples: [
            "atoll-audit statement runs/demo",
            "atoll-audit statement runs/demo --delta 1e-6 --delta 1e-8 --json",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "statement", abstract: "State what a run's ledgers prove.", discussion: help.discussion)

    @OptionGroup package var folder: AuditedFolder

    @Option(
        name: .customLong("delta"),
        help: ArgumentHelp(
            "A delta to state epsilon at, beside the policy's own; may be repeated.", valueName: "delta"))
    package var deltas = [1e-5, 1e-6, 1e-8]

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        for delta in deltas where !(delta > 0 && delta < 1) {
            throw ValidationError("--delta must be above 0 and below 1, got \(delta)")
        }
    }

    package func run() async throws { try run(.standard) }

    /// Verifies the folder and writes the statement.
    ///
    /// - Throws: `ExitCode` of the gravest finding, once everything is written.
    package func run(_ streams: CommandStreams) throws {
        let audit = try folder.audit()
        try output.write(StatementResult(audit, deltas: deltas), to: streams)
        if audit.exitStatus != 0 { throw ExitCode(audit.exitStatus) }
    }
}

/// The claims of all ledgers of a folder.
package struct StatementResult: CommandResult {
    private let statements: [LedgerStatement]
    private let compositions: [SiteComposition]
    private static let limits =
        "An attack can refute this claim; that none was found never proves it."

    /// Computes the statements.
    package init(_ audit: Audit, deltas: [Double]) throws {
        statements = try audit.ledgers.compactMap { try LedgerStatement($0, audit, deltas: deltas) }
        compositions = SiteComposition.all(of: statements)
    }

    package var text: String {
        statements.map(\.text).joined(separator: "\n\n") + compositions.map { "\n" + $0.text }.joined()
            + "\n\(Self.limits)\n"
    }

    package var json: JSONValue {
        [
            "version": JSONValue(AtollVersion.current), "statements": .array(statements.map(\.json)),
            "compositions": .array(compositions.map(\.json)), "limits": JSONValue(Self.limits),
        ]
    }
}
