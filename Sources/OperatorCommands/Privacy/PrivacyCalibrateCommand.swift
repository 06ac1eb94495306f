package import ArgumentParser
internal import PrivacyAccounting
package import Reporting

/// `atoll privacy calibrate`.
package struct PrivacyCalibrateCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Prints the smallest noise multiplier whose epsilon does not exceed the one given. It is found to \
        1e-5 of itself, and always on the private side: its epsilon was computed, and is printed.
        """,
        examples: [
            "atoll privacy calibrate --epsilon 4 --delta 1e-5 --sampling-rate 0.01 --steps 5000 --json",
            "atoll privacy calibrate --epsilon 1 --delta 1e-6 --steps 200 --accountant exact",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Print the noise multiplier that an epsilon needs.",
        discussion: help.discussion)

    @Option(help: ArgumentHelp("The epsilon to keep, above 0.", valueName: "epsilon"))
    package var epsilon: Double

    @OptionGroup package var releases: SampledReleases

    @Option(help: "How epsilon is computed; exact goes without sampling only, all is pld.")
    package var accountant = AccountantChoice.pld

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard epsilon > 0, epsilon.isFinite else {
            throw ValidationError("--epsilon must be a finite number above 0, got \(epsilon)")
        }
    }

    package func run() async throws {
        try run(.standard)
    }

    /// Finds the noise multiplier and writes it.
    ///
    /// - Throws: `AccountingError` for a target that no noise multiplier reaches, and for an accountant that
    ///   has no analysis of the steps.
    package func run(_ streams: CommandStreams) throws {
        try output.write(result(), to: streams)
    }

    /// Finds the noise multiplier.
    package func result() throws -> PrivacyCalibrationResult {
        let target = try PrivacyCalibration(
            epsilon: epsilon, delta: releases.delta, relation: releases.relation)
        let noiseMultiplier =
            switch accountant {
            case .exact:
                try target.noiseMultiplier(by: ExactGaussianAccountant.self, event: releases.event)
            case .rdp: try target.noiseMultiplier(by: RenyiAccountant.self, event: releases.event)
            case .pld, .all:
                try target.noiseMultiplier(by: LossDistributionAccountant.self, event: releases.event)
            }
        return PrivacyCalibrationResult(
            noiseMultiplier: noiseMultiplier, target: epsilon,
            kept: try PrivacyEpsilonResult(
                releases, noiseMultiplier: noiseMultiplier, accountant: accountant == .all ? .pld : accountant
            ))
    }
}

/// A noise multiplier and what it keeps.
package struct PrivacyCalibrationResult: CommandResult {
    /// The noise multiplier.
    package let noiseMultiplier: Double
    /// The epsilon that was to be kept.
    package let target: Double
    /// The epsilon that is kept, and everything it was computed from.
    package let kept: PrivacyEpsilonResult

    package var text: String { "target epsilon    \(target)\n" + kept.text }

    package var json: JSONValue {
        guard case .object(var object) = kept.json else { return .null }
        object["noise_multiplier"] = JSONValue(noiseMultiplier)
        object["target_epsilon"] = JSONValue(target)
        return .object(object)
    }
}
