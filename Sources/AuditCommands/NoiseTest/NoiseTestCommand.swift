package import ArgumentParser
package import CommandLineTools

/// `atoll-audit noise-test`.
package struct NoiseTestCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Checks what sites recorded with `--audit-recording` against their ledgers: computes each release's bytes again \
        from its clipped sum and noise, compares its parameters with the entry's and its norms with the clipping norm, \
        finds noise that was used twice, and tests noise against the claimed distribution and sizes of Poisson samples \
        against the binomial one. The ledgers are verified first. All tests together call an honest run faulty with \
        probability 1e-6 at most.

        The exit status is that of the gravest finding: those of `atoll-audit verify` for ledgers, 17 recording that no \
        recorder writes, 18 other release bytes than the parts give or the ledger charges, 19 other parameters than \
        the ledger's, 21 not clipped one by one, 22 noise used twice, 23 other noise than claimed, 24 other samples than \
        claimed, 20 charged releases that are in no recording, or keys that are absent; 0 without findings. Receipts are \
        not asked for.
        """,
        examples: ["atoll-audit noise-test runs/rehearsal", "atoll-audit noise-test runs/rehearsal --json"])
    package static let configuration = CommandConfiguration(
        commandName: "noise-test", abstract: "Test recorded clipping, noise and samples against the ledger.",
        discussion: help.discussion)

    @Argument(
        help: ArgumentHelp("A run's folder: sites/*/*.rec, sites/*/*ledger*, keys/.", valueName: "dir"))
    package var folder: String

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func run() async throws { try run(.standard) }

    /// Tests the folder and writes what was found.
    ///
    /// - Throws: `ExitCode` of the gravest finding, once everything is written.
    package func run(_ streams: CommandStreams) throws {
        let audit = try NoiseTestAudit(folder: folder)
        try output.write(NoiseTestResult(audit), to: streams)
        if audit.exitStatus != 0 { throw ExitCode(audit.exitStatus) }
    }
}
