internal import Configuration
internal import EchoBaseline
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
    private let withPrivacy: Bool
    private let logger: Logger

    /// Creates a bench.
    ///
    /// - Parameters:
    ///   - folder: Of the measured runs; absent, and left for the caller to remove.
    ///   - programs: The folder of `atoll-aggregator` and `atoll-site`.
    ///   - inFlight: Columns that each site may hold unanswered.
    ///   - duration: Of each measurement.
    ///   - withPrivacy: Whether the federation is measured with privacy on as well.
    package init(
        folder: RunFolder, programs: String, inFlight: Int, duration: Duration, regularizer: RegularizerKind,
        withPrivacy: Bool, logger: Logger
    ) {
        self.folder = folder
        self.programs = programs
        self.inFlight = inFlight
        self.duration = duration
        self.regularizer = regularizer
        self.withPrivacy = withPrivacy
        self.logger = logger
    }

    /// Measures models of `dimension` rows.
    ///
    /// - Parameter onStage: Told what is measured next.
    /// - Throws: ``ThroughputError``; `LocalFederationError`; what the disk and the network refuse.
    package func measure(
        dimension: Int, onStage: @Sendable (String) -> Void
    ) async throws -> ThroughputMeasurement {
        func stage(_ name: String) { onStage("d = \(dimension): \(name)") }
        let siteCount = ThroughputLimits.siteCount
        stage("\(siteCount) sites")
        let load = try await federation(dimension, siteCount: siteCount, isPrivate: false)
        let figures = try load.figures()
        // Beside the rate that theirs is divided by, so that both have the same machine.
        var privateLoad: BenchRun?
        if withPrivacy {
            stage("\(siteCount) sites with privacy")
            privateLoad = try await federation(dimension, siteCount: siteCount, isPrivate: true)
        }

        stage("echo")
        func echoPerSecond(inFlight: Int) async throws -> Double {
            let load = EchoLoad(
                connectionCount: siteCount, byteCount: Int(figures.bytesUp.rounded()),
                answerByteCount: Int(figures.bytesDown.rounded()), inFlight: inFlight, duration: duration)
            return 1 / (try await FrameEcho.secondsPerRoundTrip(load))
        }
        let echo = try await echoPerSecond(inFlight: 1)
        let pipelinedEcho = inFlight == 1 ? echo : try await echoPerSecond(inFlight: inFlight)

        stage("commits")
        let commits = try CommitBaseline(state: load.folder.aggregatorState)
            .seconds(for: duration, in: load.folder.path)

        stage("one site")
        let single = try await federation(dimension, siteCount: 1, isPrivate: false)
        var privacy: PrivateFigures?
        if let privateLoad {
            stage("one site with privacy")
            let single = try await federation(dimension, siteCount: 1, isPrivate: true)
            stage("syncs")
            privacy = try await privateFigures(of: privateLoad, single: single)
        }
        return ThroughputMeasurement(
            dimension: dimension, inFlight: inFlight, load: figures, echoPerSecond: echo,
            pipelinedEchoPerSecond: pipelinedEcho,
            commitsPerSecond: Double(commits.count) / commits.reduce(0, +),
            roundTripMilliseconds: try single.roundTripMilliseconds(),
            commitMilliseconds: Quantiles(commits).scaled(by: 1e3), privacy: privacy)
    }

    /// Adds what the disk alone takes for the same bytes to a private run's figures.
    private func privateFigures(of load: BenchRun, single: BenchRun) async throws -> PrivateFigures {
        let figures = try load.figures()
        let ledgerBytes = try load.ledgerBytes()
        let syncs = SyncBaseline(
            journalByteCount: Int((figures.bytesUp + figures.bytesDown).rounded()),
            ledgerByteCount: Int(ledgerBytes.rounded()))
        func milliseconds(siteCount: Int) async throws -> Quantiles {
            Quantiles(try await syncs.seconds(for: duration, siteCount: siteCount, in: load.folder.path))
                .scaled(by: 1e3)
        }
        return PrivateFigures(
            load: figures, ledgerBytes: ledgerBytes,
            roundTripMilliseconds: try single.roundTripMilliseconds(),
            syncMilliseconds: try await milliseconds(siteCount: ThroughputLimits.siteCount),
            loneSyncMilliseconds: try await milliseconds(siteCount: 1))
    }

    /// Runs a federation, looks at it twice in mid-run, and has it finish.
    ///
    /// A lone site has one exchange on the way.
    private func federation(_ dimension: Int, siteCount: Int, isPrivate: Bool) async throws -> BenchRun {
        let folder = RunFolder("\(self.folder.path)/\(dimension)-\(siteCount)\(isPrivate ? "-private" : "")")
        let study = try BenchStudy(
            dimension: dimension, siteCount: siteCount, regularizer: regularizer, isPrivate: isPrivate,
            folder: folder.path + "-data")
        let federation = LocalFederation(
            study: study.configuration, data: study.data, folder: folder, programs: programs,
            comparesLocally: false, readsInFlight: siteCount == 1 ? 1 : inFlight, logger: logger)
        let probe = FederationProbe(folder: folder, sites: study.configuration.sites)
        let warmUp = UInt64(ThroughputLimits.warmUpEpochs * study.configuration.tasks.count)
        return try await withThrowingTaskGroup(of: BenchRun?.self) { group in
            group.addTask {
                _ = try await federation.run { _ in }
                return nil
            }
            group.addTask { [duration] in
                let start = try await probe.sample(atVersion: probe.waitForSites() + warmUp)
                try await Task.sleep(for: duration)
                let end = try await probe.sample(atVersion: start.version + 1)
                try probe.finish()
                return BenchRun(probe: probe, start: start, end: end)
            }
            var run: BenchRun?
            for try await result in group { run = run ?? result }
            guard let run else { throw CancellationError() }
            return run
        }
    }
}
