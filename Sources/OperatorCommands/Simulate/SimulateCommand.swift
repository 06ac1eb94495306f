package import ArgumentParser
internal import Configuration
internal import Federation
internal import Reporting
package import Simulation

/// `atoll simulate`.
package struct SimulateCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Runs a study's federation on a virtual clock and network, from one seed: the state machines of the services, \
        without processes, sockets or waiting. The same seed gives the same output.

        Without a law of delays one update arrives at a time, of a task drawn uniformly, as from sites that wake at \
        random and take no time; --staleness then says how many versions old the prox is that its column is taken \
        from. With --compute, --network, --bandwidth, --drop-out, --sites, --in-flight or --refresh, and in mode synchronous, \
        sites compute and send in virtual time: staleness follows from it.

        It goes on beyond the study's stop.residual, to the relative suboptimality --until, and to the study's cap \
        on updates at most (or --epochs). Suboptimality is measured after every epoch of as many updates as there are \
        tasks, against the study's `optimum`; a study that names none, or whose problem --set changes, is solved first.

        A file of recorded delays is replayed in its order, and from its first line again after the last. Each site \
        has a place of its own in it for each option: drawn from the seed where the file is for all sites, its first \
        line where it is for one. On a line of --bandwidth a message begins when the one before has left.

        With --refresh the aggregator computes the factor of the proximal operator (of singular values) in that time, and \
        answers with the one before meanwhile, up to the study's maximum_factor_age; without, it takes no time.
        """,
        examples: [
            "atoll simulate configs/school.yaml --set splitting=douglas-rachford --seed 1 --json",
            "atoll simulate configs/school.yaml --set splitting=douglas-rachford --staleness uniform:0..139 --json",
            "atoll simulate configs/school.yaml --compute 5s+2s --compute site-139=60s --network 50ms",
            "atoll simulate configs/school.yaml --set mode=synchronous --compute pareto:10ms,1.5 --until 1e-4",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Run a study on a virtual clock and network.",
        discussion: help.discussion)

    @Argument(help: ArgumentHelp("The study.", valueName: "study.yaml"))
    package var study: String

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Change a key of the study.", valueName: "key=value"))
    package var overrides: [String] = []

    @Option(help: "What all randomness follows from, at least 0.")
    package var seed = 1

    @Option(
        help: ArgumentHelp(
            "The age of the prox, in versions: none, uniform:0..139 (not older than the task's own last update) or "
                + "overlapping:0..139 (whatever the task did since).", valueName: "law"))
    package var staleness = ArrivalSimulation.ReadAge.none

    @Option(
        help: ArgumentHelp(
            "The time of one local step, of all sites or of SITE=LAW: \(DelayLawText.grammar). Default: 10ms+10ms.",
            valueName: "law"))
    package var compute: [String] = []

    @Option(
        help: ArgumentHelp("The time of one message, one way; likewise. Default: 5ms.", valueName: "law"))
    package var network: [String] = []

    @Option(
        help: ArgumentHelp("Encoded bytes a second of each site's line, each way.", valueName: "bytes"))
    package var bandwidth: Double?

    @Option(
        help: ArgumentHelp(
            "The chance, with each update that it sends, that a site goes away.", valueName: "chance"))
    package var dropOut: Double?

    @Option(help: ArgumentHelp("How long it stays away. Default: 1s+10s.", valueName: "law"))
    package var absence: String?

    @Option(help: "Spread the tasks over this many sites (default: the study's, or one a task).")
    package var sites: Int?

    @Option(help: "Columns that a site may hold unanswered at once: 1 to 64.")
    package var inFlight: Int?

    @Option(
        help: ArgumentHelp(
            "The time in which the aggregator computes a factor of the proximal operator: \(DelayLawText.grammar).",
            valueName: "law"))
    package var refresh: String?

    @Option(help: "The most epochs (default: the study's cap on updates, or \(SimulateLimits.epochs)).")
    package var epochs: Int?

    @Option(help: "The relative suboptimality at which to end; 0 for none.")
    package var until = 1e-8

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard seed >= 0 else { throw ValidationError("--seed must be at least 0, got \(seed)") }
        if let bandwidth, !(bandwidth.isFinite && bandwidth > 0) {
            throw ValidationError("--bandwidth must be a finite number above 0, got \(bandwidth)")
        }
        if let dropOut, !(0..<1).contains(dropOut) {
            throw ValidationError("--drop-out must be from 0 and below 1, got \(dropOut)")
        }
        guard absence == nil || dropOut != nil else {
            throw ValidationError("--absence goes with --drop-out")
        }
        if let sites, sites < 1 { throw ValidationError("--sites must be at least 1, got \(sites)") }
        let limit = FederationLimits.maximumReadsPerConnection
        if let inFlight, !(1...limit).contains(inFlight) {
            throw ValidationError("--in-flight must be from 1 to \(limit), got \(inFlight)")
        }
        if let epochs, !(1...ConfigurationLimits.countValue).contains(epochs) {
            throw ValidationError(
                "--epochs must be from 1 to \(ConfigurationLimits.countValue), got \(epochs)")
        }
        guard until.isFinite, until >= 0 else {
            throw ValidationError("--until must be a finite number of at least 0, got \(until)")
        }
        guard staleness == .none || !isTimed else {
            throw ValidationError(
                "--staleness is an experiment without delays; leave out --compute, --network, --bandwidth, "
                    + "--drop-out, --sites, --in-flight and --refresh")
        }
    }

    /// Whether a law of delays is asked for.
    private var isTimed: Bool {
        !compute.isEmpty || !network.isEmpty || bandwidth != nil || dropOut != nil || sites != nil
            || inFlight != nil || refresh != nil
    }

    package func run() async throws {
        try run(.standard)
    }

    /// Simulates the study and writes the result.
    package func run(_ streams: CommandStreams) throws {
        let study = try StudyConfiguration.load(path: study, overrides: overrides)
        guard staleness == .none || study.mode == .asynchronous else {
            throw CommandError(
                .unusableInput, "--staleness is for asynchronous studies, and '\(study.name)' is not one")
        }
        guard refresh == nil || study.mode == .asynchronous else {
            throw CommandError(
                .unusableInput, "--refresh is for asynchronous studies, and '\(study.name)' is not one")
        }
        if let warning = study.optimumWarning { streams.messages.write("warning: \(warning)\n") }
        let isTimed = isTimed || study.mode == .synchronous
        var simulation = try StudySimulation(
            study, course: isTimed ? .delays(try settings()) : .arrivals(staleness, seed: UInt64(seed)),
            siteCount: isTimed ? sites : nil, ownSites: !isTimed, epochs: epochs, target: until)
        let reporter = ProgressReporter(
            title: "epochs", total: simulation.epochLimit, output: streams.messages)
        try simulation.run { epoch, suboptimality in
            reporter.update(
                completed: epoch,
                detail: "relative suboptimality \(NumberText.significant(suboptimality, digits: 3))")
        }
        reporter.finish()
        try output.write(simulation.result(seed: seed), to: streams)
    }

    private func settings() throws -> SimulationSettings {
        var settings = SimulationSettings(seed: UInt64(seed))
        for text in try compute.map({ try DelayLawText($0) }) {
            if let site = text.site {
                settings.computeDelays[site] = text.law
            } else {
                settings.computeDelay = text.law
            }
        }
        for text in try network.map({ try DelayLawText($0) }) {
            if let site = text.site {
                settings.networkDelays[site] = text.law
            } else {
                settings.networkDelay = text.law
            }
        }
        settings.bytesPerSecond = bandwidth
        if let dropOut {
            settings.dropOuts = DropOutLaw(
                probability: dropOut,
                absence: try Self.law(absence ?? "1s+10s", option: "--absence", of: "all sites"))
        }
        settings.readsInFlight = inFlight ?? 1
        if let refresh {
            settings.refreshDelay = try Self.law(refresh, option: "--refresh", of: "the aggregator")
        }
        settings.keepsHistory = false
        settings.eventLimit = .max
        return settings
    }

    /// Reads a law that no site has alone.
    private static func law(_ text: String, option: String, of owner: String) throws -> DelayLaw {
        let read = try DelayLawText(text)
        guard read.site == nil else {
            throw CommandError(
                .unusableInput, "\(option) is of \(owner): got '\(text)', leave out the site")
        }
        return read.law
    }
}
