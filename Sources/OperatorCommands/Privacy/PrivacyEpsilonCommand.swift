package import ArgumentParser
internal import PrivacyAccounting

/// `atoll privacy epsilon`.
package struct PrivacyEpsilonCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Prints the epsilon of noisy sums: each step clips every record's vector to a norm, adds them up, and \
        adds Gaussian noise of the multiplier times that norm.

        Accountants: pld, the distribution of the privacy loss, with bounds on both sides (the default); rdp, Renyi \
        divergences; exact, for steps without sampling; all, of which the smallest epsilon counts. Each prints an \
        upper bound. Bounds are proven, but of Poisson samples under replace-one: there records whose vectors are of \
        full length and opposite are taken for the worst, and `assumption` in the JSON says so. The epsilon holds when \
        noise, rate and steps were fixed beforehand.
        """,
        examples: [
            "atoll privacy epsilon --noise-multiplier 1.1 --sampling-rate 0.01 --steps 10000 --delta 1e-6",
            "atoll privacy epsilon --noise-multiplier 20 --steps 100 --delta 1e-5 --relation replace-one "
                + "--accountant all --json",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "epsilon", abstract: "Print the epsilon that noise, sampling and steps amount to.",
        discussion: help.discussion)

    @Option(
        help: ArgumentHelp("Standard deviation of the noise over the clipping norm.", valueName: "multiplier")
    )
    package var noiseMultiplier: Double

    @OptionGroup package var releases: SampledReleases

    @Option(help: "How epsilon is computed.")
    package var accountant = AccountantChoice.pld

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        let range = AccountingLimits.noiseMultipliers
        guard noiseMultiplier == 0 || range.contains(noiseMultiplier) else {
            throw ValidationError(
                "--noise-multiplier must be 0 or from \(range.lowerBound) to \(range.upperBound), got "
                    + "\(noiseMultiplier)")
        }
    }

    package func run() async throws {
        try run(.standard)
    }

    /// Computes epsilon and writes it.
    ///
    /// - Throws: `AccountingError` for an accountant that has no analysis of the steps.
    package func run(_ streams: CommandStreams) throws {
        try output.write(result(), to: streams)
    }

    /// Computes epsilon.
    package func result() throws -> PrivacyEpsilonResult {
        try PrivacyEpsilonResult(releases, noiseMultiplier: noiseMultiplier, accountant: accountant)
    }
}

/// An accountant, as it is named on the command line.
package enum AccountantChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// One Gaussian: without sampling only.
    case exact
    /// Renyi divergences.
    case rdp
    /// The distribution of the privacy loss.
    case pld
    /// Each of them that applies.
    case all
}
