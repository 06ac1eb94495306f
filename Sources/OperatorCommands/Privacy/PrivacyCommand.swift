package import ArgumentParser

/// `atoll privacy`: what noise protects, and how much noise protection needs.
package struct PrivacyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "privacy", abstract: "Account for differential privacy.",
        discussion: """
            The noise multiplier is the standard deviation of the noise over the clipping norm, under either \
            relation. Under add-or-remove-one neighbours' sums differ by one clipping norm; under replace-one \
            by two.
            """,
        subcommands: [PrivacyEpsilonCommand.self, PrivacyCalibrateCommand.self])

    package init() {}
}
