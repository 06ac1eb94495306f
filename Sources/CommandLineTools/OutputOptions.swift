internal import ArgumentParser
internal import Reporting

/// How a command writes its result: the option that every command has.
package struct OutputOptions: ParsableArguments {
    /// Whether the result is JSON.
    @Flag(name: .customLong("json"), help: "Write the result as JSON.")
    package var writesJSON = false

    package init() {}

    /// Writes a result to the stream of results.
    ///
    /// - Throws: `ReportingError` where it is not written whole.
    package func write(_ result: some CommandResult, to streams: CommandStreams) throws {
        try streams.results.write(writesJSON ? result.json.indentedText : result.text)
    }
}
