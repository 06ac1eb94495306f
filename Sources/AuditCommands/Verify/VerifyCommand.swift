package import ArgumentParser
package import CommandLineTools

/// `atoll-audit verify`.
package struct VerifyCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Checks every ledger of a run's folder offline: form, chain, signatures, each policy's rules, the heads that \
        the aggregator signed, and its receipts against the entries. A receipt without an entry is a fault; an entry \
        without a receipt is spent and no fault.

        The exit status is that of the gravest finding: 10 broken chain, 11 bad signature, 12 signed head missing \
        (cut, rolled back, forked), 13 torn end without recovery, 14 entry that is not allowed, 15 receipt without \
        entry, 16 two ledgers of one data set or one ledger twice, 20 not checkable because receipts, of whatever run, \
        or keys are absent; 0 without findings.
        """,
        examples: ["atoll-audit verify runs/demo", "atoll-audit verify runs/demo --json"])
    package static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check ledgers, signatures, heads and receipts.",
        discussion: help.discussion)

    @Argument(help: ArgumentHelp("A run's folder: sites/*/*ledger*, receipts/, keys/.", valueName: "dir"))
    package var folder: String

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func run() async throws { try run(.standard) }

    /// Checks the folder and writes what was found.
    ///
    /// - Throws: `ExitCode` of the gravest finding, once everything is written.
    package func run(_ streams: CommandStreams) throws {
        let audit = try Audit(folder: folder)
        output.write(VerifyResult(audit), to: streams)
        if audit.exitStatus != 0 { throw ExitCode(audit.exitStatus) }
    }
}
