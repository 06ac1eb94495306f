package import ArgumentParser

/// `atoll study`: the commands about study files.
package struct StudyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "study", abstract: "Validate and explain study files.",
        discussion: "Every key of a study, with its meaning and default, is in configs/README.md.",
        subcommands: [StudyCheckCommand.self])

    package init() {}
}
