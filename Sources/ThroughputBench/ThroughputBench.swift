internal import Configuration
internal import EchoBaseline
internal import Glibc
package import LocalFederation
package import Logging
package import MultiTaskLearning
internal import Reporting

/// Measures a federation of real processes beside what the network stack and the disk alone can do.
package struct ThroughputBench: Sendable {
    private let folder: RunFolder
    private let programs: String
    private let inFlight: Int
    private let duration: Duration
    private let regularizer: RegularizerKind
    private let logger: Logger

    /// Creates a bench.
    ///
    /// - Parameters:
    ///   - folder: Of the measured runs; absent, and left for the caller to remove.
    ///   - programs: The folder of `atoll-aggregator` and `atoll-site`.
    ///   - inFlight: Columns that each site may hold unanswered.
    ///   - duration: Of each measurement.
    package init(
        folder: RunFolder, programs: String, inFlight: Int, duration: Duration, regularizer: RegularizerKind,
        logger: Logger
    ) {
        self.folder = folder
        self.programs = programs
        self.inFlight = inFlight
        self.duration = duration
        self.regularizer = regularizer
        self.logger = logger
    }

    /// Measures models of `dimension` rows.
    ///
    /// - Parameter onStage: Told what is measured next.
    package func measure(
        dimension: Int, onStage: @Sendable (String) -> Void
    ) async throws -> ThroughputMeasurement {
        let siteCount = ThroughputLimits.siteCount
        onStage("d = \(dimension): \(siteCount) sites")
        let load = try await federation("\(dimension)", dimension, siteCount: siteCount, inFlight: inFlight)
        let (start, end) = (load.start, load.end)
        let count = Double(end.version - start.version)
        let summary = try JSONValue(
            parsing: FileContents.read(path: load.folder.aggregator + "/summary.json"))
        func perUpdate(_ key: String) throws -> Double {
            guard let total = summary[key]?.doubleValue, let updates = summary["updates"]?.doubleValue else {
                throw ThroughputError(.unreadable, "\(load.folder.aggregator)/summary.json lacks \(key)")
            }
            return total / updates
        }
        let bytesUp = try perUpdate("bytes_up")
        let bytesDown = try perUpdate("bytes_down")

        onStage("d = \(dimension): echo")
        func echoPerSecond(inFlight: Int) async throws -> Double {
            let load = EchoLoad(
                connectionCount: siteCount, byteCount: Int(bytesUp.rounded()),
                answerByteCount: Int(bytesDown.rounded()), inFlight: inFlight, duration: duration)
            return 1 / (try await FrameEcho.secondsPerRoundTrip(load))
        }
        let echo = try await echoPerSecond(inFlight: 1)
        let pipelinedEcho = inFlight == 1 ? echo : try await echoPerSecond(inFlight: inFlight)

        onStage("d = \(dimension): commits")
        let commits = try CommitBaseline(state: load.folder.aggregatorState)
            .seconds(for: duration, in: load.folder.path)
        let commit = Quantiles(commits)

        onStage("d = \(dimension): one site")
        let single = try await federation("\(dimension)-one-site", dimension, siteCount: 1, inFlight: 1)
        let times = try single.probe.times(from: single.start, to: single.end)
        let roundTrip = Quantiles(zip(times.dropFirst(), times).map { $0 - $1 })

        let updatesPerSecond = count / (end.seconds - start.seconds)
        let siteSeconds = zip(end.sites, start.sites).reduce(0) { $0 + $1.0.seconds - $1.1.seconds }
        return ThroughputMeasurement(
            dimension: dimension, inFlight: inFlight, updatesPerSecond: updatesPerSecond,
            echoPerSecond: echo,
            pipelinedEchoPerSecond: pipelinedEcho,
            commitsPerSecond: Double(commits.count) / commits.reduce(0, +),
            aggregatorMilliseconds: 1e3 * (end.aggregator.seconds - start.aggregator.seconds) / count,
            siteMilliseconds: 1e3 * siteSeconds / count, bytesUp: bytesUp, bytesDown: bytesDown,
            aggregatorByteCount: end.aggregator.residentByteCount,
            siteByteCount: end.sites.map(\.residentByteCount).max() ?? 0,
            roundTripMilliseconds: roundTrip.scaled(by: 1e3), commitMilliseconds: commit.scaled(by: 1e3))
    }

    private struct Run: Sendable {
        let probe: FederationProbe
        let start: FederationProbe.Sample
        let end: FederationProbe.Sample

        var folder: RunFolder { probe.folder }
    }

    /// Runs a federation, looks at it twice in mid-run, and has it finish.
    private func federation(
        _ name: String, _ dimension: Int, siteCount: Int, inFlight: Int
    ) async throws -> Run {
        let folder = RunFolder(self.folder.path + "/" + name)
        let study = try BenchStudy(
            dimension: dimension, siteCount: siteCount, regularizer: regularizer,
            folder: folder.path + "-data")
        let federation = LocalFederation(
            study: study.configuration, data: study.data, folder: folder, programs: programs,
            comparesLocally: false, readsInFlight: inFlight, logger: logger)
        let probe = FederationProbe(folder: folder, sites: study.configuration.sites)
        let warmUp = UInt64(ThroughputLimits.warmUpEpochs * study.configuration.tasks.count)
        return try await withThrowingTaskGroup(of: Run?.self) { group in
            group.addTask {
                _ = try await federation.run { _ in }
                return nil
            }
            group.addTask { [duration] in
                let start = try await probe.sample(atVersion: warmUp)
                try await Task.sleep(for: duration)
                let end = try await probe.sample(atVersion: start.version + 1)
                try probe.finish()
                return Run(probe: probe, start: start, end: end)
            }
            var run: Run?
            for try await result in group { run = run ?? result }
            guard let run else { throw CancellationError() }
            return run
        }
    }
}
