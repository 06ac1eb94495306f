internal import ArgumentParser
internal import AuditCommands
internal import CommandLineTools
internal import Reporting

/// The command line of auditors, which links no network code.
@main
struct AtollAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll-audit",
        abstract: "Check privacy ledgers, and recordings of sites, and state what they prove, offline.",
        discussion: """
            Results go to standard output, messages to standard error. The exit status is 0 only when everything \
            was checked and found good; wrong arguments end with 64.
            """,
        version: AtollVersion.current,
        subcommands: [
            VerifyCommand.self, StatementCommand.self, NoiseTestCommand.self, CanaryCommand.self,
        ])

    static func main() async {
        await CommandLineProgram.run(Self.self)
    }
}
