package import ArgumentParser

/// `atoll keys fingerprint PATH`.
package struct KeysFingerprintCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Shows the fingerprint of a file of public lines, of a public line given as an argument, or of a key \
        file, whose name ends in .key. Both ends must see the same sixteen bytes. A key file holds no name: \
        its public line is shown with the name of the file.
        """,
        examples: [
            "atoll keys fingerprint keys/north.pub", "atoll keys fingerprint keys/north.key --json",
            "atoll keys fingerprint 'atoll1 AAAA BBBB north'",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "fingerprint", abstract: "Show the fingerprint of a public line or a key file.",
        discussion: help.discussion)

    /// The file or line; a line without quotation marks arrives in several parts.
    @Argument(help: ArgumentHelp("A .pub file, a .key file, or a public line.", valueName: "path"))
    package var source: [String]

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func run() async throws {
        try run(.standard)
    }

    /// Reads the identities and writes the result.
    ///
    /// - Throws: `StorageError`, `ReportingError`, `SecureChannelError`, ``CommandError`` `unusableInput`.
    package func run(_ streams: CommandStreams) throws {
        try output.write(KnownIdentities(arguments: source), to: streams)
    }
}
