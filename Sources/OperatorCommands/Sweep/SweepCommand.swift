package import ArgumentParser
internal import Configuration
internal import Glibc
internal import LocalFederation
internal import Logging
internal import Reporting
internal import ServiceLifecycle
internal import ServiceProcess

/// `atoll sweep`.
package struct SweepCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Chooses lambda by the sites' own held-out scores: runs the study once for each value, as `atoll run` does, and \
        takes the one with the best mean score over tasks.

        The choice must not see what the result is scored on. So each site keeps a part of its training records \
        (--holdout) out of every one of these runs and scores on them; the records that the study holds out \
        (data.train_fraction) stay untouched. A last run trains with the chosen lambda on all training records, and \
        its score on the untouched ones is the one to report. With loss_scale sum, lambda weighs a little less there, \
        as the losses are of more records.

        Every run scores local-only models beside, with the same lambda; the last one with the lambda that they did \
        best with. Runs are in runs/NAME-sweep, one folder a lambda, with sweep.json, which is written after each run: \
        a sweep that is stopped keeps what has ended. A run that fails, the last one too, is named and the others go \
        on; the exit status is then 3.

        A private study needs privacy.score_noise_multiplier: every update and every score, of all runs, is charged to one \
        ledger a site, in the sweep's folder, and nothing is compared with local-only models. A sweep that \
        privacy.epsilon would not hold is refused before it starts.
        """,
        examples: [
            "atoll sweep configs/demo.yaml --set privacy=null --lambda 0.001..0.1:5",
            "atoll sweep configs/school.yaml --sites 8 --lambda 1,10,100 --set data.train_fraction=0.7 --json",
            "atoll sweep configs/school.yaml --set data.train_fraction=0.7 --lambda 1..1000:7 --simulated",
            "atoll sweep configs/demo.yaml --lambda 0.01,0.05 --set privacy.releases=20 --set "
                + "privacy.score_noise_multiplier=20",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Choose lambda by the sites' own held-out scores.",
        discussion: help.discussion)

    @Argument(help: ArgumentHelp("The study, with a data section.", valueName: "study.yaml"))
    package var study: String

    @Option(
        help: ArgumentHelp(
            "What to try: \(LambdaGrid.grammar). Default: \(SweepLimits.defaultCount) values from a hundredth to a "
                + "hundred times the study's.", valueName: "values"))
    package var lambda: String?

    @Option(
        help:
            "The part of the training records to choose by (default: data.validation_fraction, or \(SweepLimits.holdout))."
    )
    package var holdout: Double?

    @Option(
        help: "Site processes; each owns a block of the tasks (default: as the study says, else one a task).")
    package var sites: Int?

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Change a key of the study.", valueName: "key=value"))
    package var overrides: [String] = []

    @Option(help: "Whether each task counts once in the mean score, or as often as it has scored records.")
    package var weighting = SweepWeighting.tasks

    @Flag(help: "Take the largest lambda within one standard error over tasks of the best.")
    package var oneStandardError = false

    @Flag(help: "Leave out the last run with the chosen lambda.")
    package var chooseOnly = false

    @Flag(help: "On a virtual clock instead of with real processes: faster, and only sweep.json is kept.")
    package var simulated = false

    @Option(help: "What all randomness of --simulated follows from, at least 0 (default: 1).")
    package var seed: Int?

    @Option(
        help:
            "The name of the sweep's folder (default: the study's with -sweep; a number is added when it is taken)."
    )
    package var name: String?

    @OptionGroup package var options: RunOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        try RunOptions.check(sites: sites, name: name)
        if let lambda {
            do { _ = try LambdaGrid(lambda) } catch { throw ValidationError("\(error)") }
        }
        if let holdout, !(holdout > 0 && holdout < 1) {
            throw ValidationError("--holdout must be above 0 and below 1, got \(holdout)")
        }
        if let seed, !simulated || seed < 0 {
            throw ValidationError("--seed is of --simulated and at least 0, got \(seed)")
        }
    }

    package func run() async throws {
        try await run(.standard)
    }

    /// Runs the sweep and writes the result.
    ///
    /// - Throws: ``CommandError`` `refusedStudy` for a private study whose ceiling does not hold the sweep, or whose scores
    ///   have no noise, `incompleteSweep` after the result where a run has none; `ExitCode` after a signal.
    package func run(_ streams: CommandStreams) async throws {
        let configuration = try StudyConfiguration.load(path: study, overrides: overrides)
        LoggingSetup.bootstrap(level: .warning)
        let folder =
            name.map { options.folder($0) } ?? options.freeFolder(configuration.name + "-sweep")
        guard access(folder.path, F_OK) != 0 else {
            throw CommandError(
                .unusableInput, "\(folder.path) is there already; remove it, or choose another with --name")
        }
        let fraction = configuration.data?.validationFraction ?? 0
        let sweep = Sweep(
            path: study, overrides: overrides,
            grid: try lambda.map { try LambdaGrid($0) } ?? LambdaGrid(around: configuration.lambda),
            holdout: holdout ?? (fraction > 0 ? fraction : SweepLimits.holdout), siteCount: sites,
            weighting: weighting,
            rule: oneStandardError ? .oneStandardError : .best, trainsFinally: !chooseOnly,
            seed: simulated ? UInt64(seed ?? 1) : nil, folder: folder, programs: options.programFolder,
            readsInFlight: options.inFlight)
        let result = try await ServiceProcess.run(
            endsWithStandardInput: false, logger: Logger(label: "sweep")
        ) {
            try await cancelWhenGracefulShutdown { try await sweep.result(messages: streams.messages) }
        }
        guard let result else { throw ExitCode(143) }
        try output.write(result, to: streams)
        if let shortfall = result.shortfall { throw shortfall }
    }
}
