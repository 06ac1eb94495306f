package import ArgumentParser
package import CommandLineTools

/// `atoll-audit canary`.
package struct CanaryCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Attacks what sites recorded with `--audit-recording`: guesses which of the recorded canaries were in, from the \
        noisy gradients, and bounds epsilon from below by how often that is right: by one run (Steinke, Nasr, Jagielski \
        2023), and by error rates over all of a site's canaries (Clopper and Pearson), for any mechanism and for one \
        Gaussian (Nasr et al. 2023). A bound above what the ledger's entries of the same releases amount to, at the \
        policy's delta, refutes the claim. No bound ever proves one. The ledgers are verified first, and releases are \
        checked as by `atoll-audit noise-test`, without its statistics.

        The exit status is that of the gravest finding: 25 claim refuted, 20 no canaries, releases that are in no \
        recording or keys that are absent, 17 to 19 and 21 as `atoll-audit noise-test`, those of `atoll-audit verify` for ledgers; 0 \
        without findings.
        """,
        examples: [
            "atoll-audit canary runs/rehearsal",
            "atoll-audit canary runs/rehearsal --confidence 0.999 --json",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "canary", abstract: "Bound epsilon from below by an attack on recorded canaries.",
        discussion: help.discussion)

    @Argument(
        help: ArgumentHelp("A run's folder: sites/*/*.rec, sites/*/*ledger*, keys/.", valueName: "dir"))
    package var folder: String

    @Option(
        help: ArgumentHelp(
            "The probability that no bound is above the true epsilon, all bounds together.",
            valueName: "probability"))
    package var confidence = 0.95

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard confidence > 0, confidence < 1 else {
            throw ValidationError("--confidence must be above 0 and below 1, got \(confidence)")
        }
    }

    package func run() async throws { try run(.standard) }

    /// Attacks the folder and writes what was found.
    ///
    /// - Throws: `ExitCode` of the gravest finding, once everything is written.
    package func run(_ streams: CommandStreams) throws {
        let audit = try CanaryAudit(folder: folder, confidence: confidence)
        try output.write(CanaryResult(audit), to: streams)
        if audit.exitStatus != 0 { throw ExitCode(audit.exitStatus) }
    }
}
