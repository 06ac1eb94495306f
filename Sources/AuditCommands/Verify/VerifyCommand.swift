package import ArgumentParser
package import CommandLineTools

/// `atoll-audit verify`.
package struct VerifyCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Checks every ledger of a run's folder offline: form, chain, signatures, each policy's rules, the heads that \
        the aggregator signed, and its receipts against the entries. A receipt without an entry is a fault; an entry \
        without a receipt is spent and no fault. Every site that has a folder, a key or receipts is looked for; `--site` \
        audits some alone, as where an auditor was given one site's files.

        The exit status is that of the gravest finding: 10 broken chain, 11 bad signature, 12 signed head missing \
        (cut, rolled back, forked), 13 torn end without recovery, 14 entry that is not allowed, 15 receipt without \
        entry, 26 signed head missing in the receipts (cut, replaced, not all there), 16 two ledgers of one data set or \
        one ledger twice, 20 not checkable because a ledger, receipts, of whatever run, or keys are absent; 0 without \
        findings.
        """,
        examples: [
            "atoll-audit verify runs/demo", "atoll-audit verify runs/demo --json",
            "atoll-audit verify given --site north",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check ledgers, signatures, heads and receipts.",
        discussion: help.discussion)

    @OptionGroup package var folder: AuditedFolder

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func run() async throws { try run(.standard) }

    /// Checks the folder and writes what was found.
    ///
    /// - Throws: `ExitCode` of the gravest finding, once everything is written.
    package func run(_ streams: CommandStreams) throws {
        let audit = try folder.audit()
        try output.write(VerifyResult(audit), to: streams)
        if audit.exitStatus != 0 { throw ExitCode(audit.exitStatus) }
    }
}
