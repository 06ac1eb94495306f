internal import ArgumentParser
internal import Configuration
internal import Logging
internal import PrivacyLedger
internal import Reporting
internal import ServiceCommand
internal import SiteAgent

@main
struct AtollSite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll-site",
        abstract: "Trains this site's tasks of a study on its own records.",
        discussion: """
            Records never leave the site: only encrypted, compressed updates do. Results are in the configuration's \
            results_directory: the models, the losses, every acceptance, and summary.json, which is also printed \
            with --json. Exit code 0: every task has its model; 3: some task was refused for good; 74: the journal \
            or another file failed; 78: the configuration was refused; 1: another error; 143: stopped before the \
            end. A process that was killed may be started again at any time.
            """,
        version: AtollVersion.current)

    @OptionGroup var options: ServiceOptions

    @Flag(help: "Also train each task on its own records alone, and score that model beside Atoll's.")
    var compareLocal = false

    @Flag(
        help: ArgumentHelp(
            "Do not connect: write the results of the final models that are in the results directory.",
            discussion: "For a site that was killed just before its end, when the aggregator has ended since."
        ))
    var offline = false

    @Flag(
        help: ArgumentHelp(
            "Begin the privacy ledger of this site's data set, and exit.",
            discussion:
                "Once for a data set, before its first private study: what was released before is not in it."
        ))
    var beginLedger = false

    @Option(
        help: ArgumentHelp(
            "Record every release with its noise and canaries into this folder, for `atoll-audit`: not private.",
            discussion: """
                Only where the policy has `unprotected_noise: true`: with the noise beside it a release is the exact sum. \
                Ledger and model say that nothing of it is private.
                """, valueName: "folder"))
    var auditRecording: String?

    @Option(help: "Canaries of each task in an audit recording.")
    var auditCanaries = 64

    @Flag(help: "Put the policy file in force, signed in the privacy ledger, and exit.")
    var adoptPolicy = false

    func validate() throws {
        guard !beginLedger || !adoptPolicy else {
            throw ValidationError("--begin-ledger and --adopt-policy are two acts; choose one")
        }
        guard (0...10_000).contains(auditCanaries) else {
            throw ValidationError("--audit-canaries must be from 0 to 10000, got \(auditCanaries)")
        }
    }

    func run() async throws {
        let configuration = try options.rendering {
            try SiteConfiguration.load(path: options.config, overrides: options.set)
        }
        guard !beginLedger, !adoptPolicy else {
            let line = try options.rendering {
                let program = try SiteLedgerProgram(configuration)
                return beginLedger ? try program.begin() : try program.adopt()
            }
            try options.show(line)
            return
        }
        let logger = options.logger("site", level: configuration.logLevel.rawValue)
        let result = try await options.rendering(isStorageFailure: { $0 is LedgerError }) {
            try await SiteProgram(
                configuration: configuration, comparesLocally: compareLocal, isOffline: offline,
                endsWithStandardInput: options.attached,
                auditRecording: auditRecording.map { ($0, auditCanaries) }, logger: logger
            ).run()
        }
        guard let result else { throw ServiceOptions.stopped }
        try options.show(result.summary)
        if !result.isComplete { throw ExitCode(3) }
    }
}
