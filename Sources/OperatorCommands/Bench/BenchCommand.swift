package import ArgumentParser

/// `atoll bench`.
package struct BenchCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this build on this machine.",
        subcommands: [BenchThroughputCommand.self])

    package init() {}
}
