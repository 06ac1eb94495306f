package import ArgumentParser

/// `atoll keys generate NAME`.
package struct KeysGenerateCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Writes NAME.key, the secret seed, with mode 0600, and NAME.pub, the public line. An existing file of \
        either name is never overwritten. Give NAME.pub to the other side by any way; then compare \
        fingerprints by telephone, so that nobody can have exchanged it on its way.
        """,
        examples: ["atoll keys generate north --out keys", "atoll keys generate aggregator --json"])
    package static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make an identity: a key file and a public line.",
        discussion: help.discussion)

    /// The site's name.
    @Argument(
        help: ArgumentHelp(
            "The site's name in the study; for the aggregator any name. 1 to 64 of A-Z a-z 0-9 . _ -"))
    package var name: String

    /// The folder of both files.
    @Option(help: ArgumentHelp("The folder of both files, made with mode 0700 if absent.", valueName: "dir"))
    package var out = "."

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func run() async throws {
        try run(.standard)
    }

    /// Makes the identity and writes the result.
    ///
    /// - Throws: `StorageError` where a file exists or cannot be written, ``CommandError`` for the name.
    package func run(_ streams: CommandStreams) throws {
        try output.write(NewIdentity(name: name, folder: out), to: streams)
    }
}
