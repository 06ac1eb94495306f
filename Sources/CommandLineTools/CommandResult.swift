package import Reporting

/// What a command found, as people and as programs read it.
package protocol CommandResult {
    /// Lines for people, each with its line feed.
    var text: String { get }
    /// The same for programs; keys in snake case.
    var json: JSONValue { get }
}

/// The two streams of a command: results go to one, everything else to the other.
package struct CommandStreams: Sendable {
    /// Where results go.
    package let results: ResultOutput
    /// Where progress and messages go.
    package let messages: TextOutput

    /// Creates streams.
    package init(results: ResultOutput, messages: TextOutput) {
        self.results = results
        self.messages = messages
    }

    /// The process's standard output and standard error.
    package static let standard = CommandStreams(results: .standardOutput, messages: .standardError)
}
