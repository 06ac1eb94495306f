package import ArgumentParser
internal import Reporting

/// `atoll conformance FILE...`.
package struct ConformanceCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Runs the test vectors that specifications and other implementations publish against this build. What \
        kind of vectors a file holds is told from its contents. Known kinds: noise (Noise protocol \
        handshakes, in the JSON of the cacophony and snow vectors), dp-accounting (reference values of \
        differential-privacy accountants: rows with a class), prox (proximal operators, and whole multi-task \
        problems, which are solved asynchronously, in a random order of arrivals).

        One line a file, and as the last line how many vectors passed and failed in all. The exit status is \
        0 only when every file has vectors and all of them passed.
        """,
        examples: [
            "atoll conformance ../shared/vectors/noise.json ../shared/vectors/dp_accounting.json",
            "atoll conformance ../shared/vectors/prox.json",
            "atoll conformance noise.json more-noise.json --json",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "conformance", abstract: "Run published test vectors against this build.",
        discussion: help.discussion)

    /// The files, in the order given.
    @Argument(help: ArgumentHelp("Files of test vectors.", valueName: "file"))
    package var files: [String]

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func run() async throws {
        try run(.standard)
    }

    /// Runs the vectors and writes the result.
    ///
    /// - Throws: ``CommandError`` `failedVectors` after the result is written; `ReportingError` for a file
    ///   that cannot be read.
    package func run(_ streams: CommandStreams) throws {
        let result = try ConformanceResult(files: files)
        try output.write(result, to: streams)
        try result.requirePassed()
    }
}
