internal import ArgumentParser
internal import OperatorCommands
internal import Reporting

/// The command line of operators, sites and the curious.
@main
struct Atoll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll",
        abstract: "Multi-task models across sites that keep their data.",
        discussion: """
            Results go to standard output, progress and messages to standard error. The exit status is 0 \
            only when the command did what it was asked; wrong arguments end with 64.
            """,
        version: AtollVersion.current,
        subcommands: [
            DemoCommand.self, RunCommand.self, SweepCommand.self, ReportCommand.self, SimulateCommand.self,
            SolveCommand.self, KeysCommand.self, StudyCommand.self, PrivacyCommand.self, BenchCommand.self,
            ConformanceCommand.self,
        ])

    static func main() async {
        await CommandLineProgram.run(Self.self)
    }
}
