internal import AggregatorStorage
internal import ArgumentParser
internal import Federation
internal import FoundationEssentials
internal import MultiTaskLearning

/// The program: fills an aggregator's state as a long study does, and measures what becomes of it.
@main
struct StateBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll-state-benchmark",
        abstract: "Measure an aggregator's start, memory and files after a long study; fail beyond bounds.")

    @Option(help: ArgumentHelp("Updates that are written.", valueName: "count"))
    var updates: UInt64 = 1_100_000

    @Option(help: ArgumentHelp("Updates that the log keeps.", valueName: "count"))
    var retainedUpdates: UInt64 = 1_000_000

    @Option(help: ArgumentHelp("Releases that the state keeps beyond what a start needs.", valueName: "MiB"))
    var retainedMebibytes: UInt64 = 256

    @Option(help: ArgumentHelp("Rows of the model.", valueName: "count"))
    var dimension = 1_000

    @Option(help: ArgumentHelp("Columns of the model.", valueName: "count"))
    var tasks = 1_000

    @Option(help: ArgumentHelp("What the updates are drawn from.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Where the state is written, and removed afterwards.", valueName: "folder"))
    var folder = FileManager.default.temporaryDirectory.path

    /// Updates that share a commit, as of 8 sites with 8 exchanges each.
    private static let updatesPerCommit: UInt64 = 64
    /// Times that memory and files are looked at.
    private static let sampleCount: UInt64 = 22
    /// Starts that are measured with the files in memory, and as many without.
    private static let startCount = 3

    func validate() throws {
        guard retainedUpdates > 0, updates > retainedUpdates else {
            throw ValidationError(
                "--updates must be above --retained-updates, or nothing shows that files stop growing: got "
                    + "\(updates) and \(retainedUpdates)")
        }
    }

    func run() async throws {
        let folder = StateFolder(in: folder)
        print("seed \(seed): \(updates) updates of a model of \(dimension) x \(tasks)")
        let samples = try await write(to: folder)
        var starts: [StartTime] = []
        for index in 0..<(2 * Self.startCount) {
            let isCold = index.isMultiple(of: 2)
            if isCold { try folder.dropFromMemory() }
            let start = try await start(in: folder, isCold: isCold)
            print(start.line)
            starts.append(start)
        }
        let faults = StateBounds.faults(
            samples: samples, starts: starts, retainedUpdateCount: retainedUpdates)
        for fault in faults { print("beyond its bound: \(fault)") }
        if !faults.isEmpty { throw ExitCode.failure }
    }

    private var retention: StateRetention {
        StateRetention(updateCount: retainedUpdates, releaseByteCount: retainedMebibytes << 20)
    }

    /// Writes all updates through a store, as the service does.
    private func write(to folder: StateFolder) async throws -> [StateSample] {
        // The cheapest to compute: what is measured is the store.
        let plan = try SeededSites.plan(dimension: dimension, taskCount: tasks, regularizer: .mean)
        let store = try AggregatorStore(folder: folder.path, plan: plan, retention: retention)
        var sites = try SeededSites(plan, state: try await store.begin().state, seed: seed)
        try await store.commit(try sites.join())
        var samples: [StateSample] = []
        while sites.version < updates {
            let count = min(Self.updatesPerCommit, updates - sites.version)
            try await store.commit(try sites.updates(Int(count)))
            try await store.maintain()
            guard sites.version * Self.sampleCount >= UInt64(samples.count + 1) * updates else { continue }
            let sample = StateSample(
                version: sites.version, processorSeconds: ProcessUse.processorSeconds,
                residentByteCount: try ProcessUse.residentByteCount, fileByteCount: try folder.byteCount)
            print(sample.line)
            samples.append(sample)
        }
        await store.close()
        return samples
    }

    /// Measures from the folder to the machine that could serve sites.
    private func start(in folder: StateFolder, isCold: Bool) async throws -> StartTime {
        // The dearest to begin: a matrix of all inner products.
        let plan = try SeededSites.plan(dimension: dimension, taskCount: tasks, regularizer: .nuclear)
        let began = ContinuousClock.now
        let used = ProcessUse.processorSeconds
        let store = try AggregatorStore(folder: folder.path, plan: plan, retention: retention)
        let opened = ContinuousClock.now
        let state = try await store.begin().state
        let loaded = ContinuousClock.now
        let machine = try AggregatorMachine(plan: plan, state: state)
        let time = StartTime(
            isCold: isCold, openSeconds: (opened - began) / .seconds(1),
            loadSeconds: (loaded - opened) / .seconds(1),
            machineSeconds: (ContinuousClock.now - loaded) / .seconds(1),
            processorSeconds: ProcessUse.processorSeconds - used)
        let oldest = try await store.updates(after: 0, limit: 1).first?.version
        await store.close()
        guard machine.version == updates, oldest == updates - retainedUpdates + 1 else {
            throw StateBenchmarkError(
                "the state stands at version \(machine.version) and its log begins at \(oldest ?? 0)")
        }
        return time
    }
}
