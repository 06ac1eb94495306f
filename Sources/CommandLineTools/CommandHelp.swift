/// The long help of a command: prose, then examples.
package struct CommandHelp: Sendable {
    /// Command lines that work, each beginning with the program's name.
    package let examples: [String]
    /// What `--help` shows below the abstract.
    package let discussion: String

    /// Characters of a line of an example in ``discussion``; a terminal of 80 shows it unbroken.
    package static let exampleWidth = 76

    /// Creates the help of a command.
    package init(_ prose: String, examples: [String]) {
        self.examples = examples
        discussion = "\(prose)\n\nExamples:\n\n" + examples.map(Self.wrapped).joined(separator: "\n")
    }

    /// Returns a command line, broken where a shell lets it be broken, so that a copy of it works.
    private static func wrapped(_ example: String) -> String {
        var lines: [String] = []
        var line = " "
        for word in example.split(separator: " ") {
            if line.count + 1 + word.count + 2 > exampleWidth {
                lines.append(line + " \\")
                line = "     "
            }
            line += " " + word
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
