package import ArgumentParser
internal import Federation
internal import FoundationEssentials
internal import LocalFederation
internal import Logging
internal import MultiTaskLearning
internal import Reporting
internal import ServiceProcess
internal import ThroughputBench

/// `atoll bench throughput`.
package struct BenchThroughputCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Runs 8 real sites of 17 tasks each against a real aggregator on loopback, everything on: encryption, packing, \
        the commit before each acknowledgement. Beside it, in the same command: an echo of the same bytes in clear \
        (length-prefixed frames on SwiftNIO, as many connections, client and server in one process), with one message on the \
        way on each connection (`echo_per_second`, to which `ratio` is) and with as many as the sites have \
        (`pipelined_echo_per_second`, `pipelined_ratio`), SQLite's commits \
        of the rows that the store writes for one update (WAL, synchronous=FULL; a release that stands in a file beside the \
        store's database, as those of 8 KiB and more do, is written to one here and synced before), and one site alone, \
        whose round trip less a commit is the latency. Rates and processor time are of mid-run, without start and \
        ending.

        Then the same with privacy on, under a ceiling that is never reached: each update is noised, synced in the site's \
        journal, charged in its ledger by an entry that is signed and synced, and leaves after that. `ratio` of `privacy` \
        is its updates a second to those without. Where the time goes: the time between two updates of a site, beside the \
        two syncs alone of as many bytes by as many sites, and the processor time of both ends.
        """,
        examples: [
            "atoll bench throughput --json", "atoll bench throughput --dimension 28 --in-flight 4",
            "atoll bench throughput --without-privacy",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "throughput",
        abstract: "Measure updates a second of a whole federation.",
        discussion: help.discussion)

    @Option(help: "Model rows; may be given several times (default: 28 and 10000).")
    package var dimension: [Int] = []

    @Option(help: "Columns that a site may hold unanswered at once: 1 to \(Self.inFlightBound).")
    package var inFlight = 8

    @Option(help: "Seconds of each measurement: 1 to 600.")
    package var seconds = 10.0

    @Option(
        help: "What couples the tasks: \(RegularizerKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    package var regularizer = RegularizerKind.mean.rawValue

    @Option(help: "The folder of `atoll-aggregator` and `atoll-site` (default: this program's own).")
    package var programs: String?

    @Flag(help: "Leave the measurements with privacy out, nearly half of the time.")
    package var withoutPrivacy = false

    @OptionGroup package var output: OutputOptions

    private static let inFlightBound = FederationLimits.maximumReadsPerConnection

    package init() {}

    package func validate() throws {
        if let refused = dimension.first(where: { !ThroughputLimits.dimensions.contains($0) }) {
            throw ValidationError("--dimension must be in \(ThroughputLimits.dimensions), got \(refused)")
        }
        guard (1...Self.inFlightBound).contains(inFlight) else {
            throw ValidationError("--in-flight must be from 1 to \(Self.inFlightBound), got \(inFlight)")
        }
        guard ThroughputLimits.seconds.contains(seconds) else {
            throw ValidationError("--seconds must be in \(ThroughputLimits.seconds), got \(seconds)")
        }
        guard let kind = RegularizerKind(rawValue: regularizer) else {
            throw ValidationError("--regularizer is '\(regularizer)', which is none of the known ones")
        }
        guard kind.requiredStructure == nil else {
            throw ValidationError(
                "--regularizer is '\(regularizer)', which needs a file of its own; measure another one")
        }
    }

    package func run() async throws {
        LoggingSetup.bootstrap(level: .warning)
        let folder = FileManager.default.temporaryDirectory.path + "/atoll-bench-\(UUID().uuidString)"
        try Folder.create(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logger = Logger(label: "bench")
        let bench = ThroughputBench(
            folder: RunFolder(folder), programs: programs ?? ProgramFolder.ofThisProcess(),
            inFlight: inFlight,
            duration: .seconds(seconds), regularizer: RegularizerKind(rawValue: regularizer) ?? .mean,
            withPrivacy: !withoutPrivacy, logger: logger)
        let dimensions = dimension.isEmpty ? [28, 10_000] : dimension
        let result = try await ServiceProcess.run(endsWithStandardInput: false, logger: logger) {
            var measurements: [ThroughputMeasurement] = []
            for dimension in dimensions {
                measurements.append(
                    try await bench.measure(dimension: dimension) {
                        TextOutput.standardError.write("measuring \($0)\n")
                    })
            }
            return ThroughputResult(measurements: measurements)
        }
        guard let result else { throw ExitCode(143) }
        try output.write(result, to: .standard)
    }
}
