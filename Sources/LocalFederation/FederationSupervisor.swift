internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import Reporting

/// Keeps the processes of a run going until each has its result, as a service manager would.
///
/// - A process that a signal from outside ended is started again, unless it ends so again and again without an accepted
///   update, as where memory is too small. A fault of the program, or an exit with an error, fails the run at once.
/// - The aggregator exits once every site has said that it holds its models (or lost its place in the study). From
///   then on nobody is there to connect to: a site that still runs gets ``LocalFederationLimits/farewellTimeout`` to
///   end by itself, is then stopped, and finishes from the models that it kept. One that kept none has no result,
///   as a site whose key was removed: the run then fails, with its name.
/// - An aggregator that was killed goes on from its state, also where the study was over: it serves the final columns
///   until every site has its own, and exits then.
struct FederationSupervisor {
    /// One process of the run, over all its starts.
    struct Member {
        let name: String
        let program: String
        let folder: String
        /// The file in its folder that grows with every accepted update.
        let record: String
        var process: ChildProcess?
        var restartCount = 0
        /// Restarts since an end by which it had recorded an accepted update more.
        var barrenRestartCount = 0
        /// The size of ``record`` at its last end.
        var recordByteCount = 0
        var isOffline = false
        var result: Result?

        init(name: String, program: String, folder: String, record: String) {
            self.name = name
            self.program = program
            self.folder = folder
            self.record = folder + "/" + record
        }

        var log: String { folder + "/log" }
    }

    /// What a process left.
    enum Result {
        case complete
        case missing
    }

    private enum Event: Sendable {
        case listening
        /// The process of this member has ended.
        case ended(Int, ChildProcess.Ending)
        /// The pause before this member's next start is over.
        case due(Int)
        case farewellOver
    }

    private typealias Events = ThrowingTaskGroup<Event, any Error>

    private let folder: RunFolder
    private let authorizedSites: String
    private let logger: Logger
    private let restartCountMaximum: Int
    private let barrenRestartCountMaximum: Int
    private let arguments: (_ member: Member) -> [String]
    /// The aggregator, and then the sites.
    private var members: [Member]
    private let sites: Range<Int>
    /// Whether the aggregator has exited with a result.
    private var isServed = false

    /// Creates the supervisor of processes that do not run yet.
    ///
    /// - Parameters:
    ///   - authorizedSites: Where the sites' public lines are; nil for the run's own folder.
    ///   - restartCountMaximum: Times that one process is started again.
    ///   - barrenRestartCountMaximum: Times in a row without an accepted update between.
    ///   - arguments: Asked for at every start.
    init(
        aggregator: Member, sites: [Member], folder: RunFolder, authorizedSites: String? = nil,
        restartCountMaximum: Int = LocalFederationLimits.restartCount,
        barrenRestartCountMaximum: Int = LocalFederationLimits.barrenRestartCount, logger: Logger,
        arguments: @escaping (_ member: Member) -> [String]
    ) {
        members = [aggregator] + sites
        self.sites = 1..<members.count
        self.folder = folder
        self.authorizedSites = authorizedSites ?? folder.authorizedSites
        self.restartCountMaximum = restartCountMaximum
        self.barrenRestartCountMaximum = barrenRestartCountMaximum
        self.logger = logger
        self.arguments = arguments
    }

    /// Times that a process was started again.
    var restartCount: Int { members.reduce(0) { $0 + $1.restartCount } }

    /// Runs every process to its end.
    ///
    /// - Parameter listening: Returns once the aggregator can be connected to.
    /// - Throws: ``LocalFederationError``: `processFailed` with the end of the process's log, `tooManyRestarts`, or
    ///   `resultMissing` where the study is over and a site has no result. Cancellation stops every process first.
    mutating func run(listening: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Event.self) { group in
            try start(0, in: &group)
            group.addTask {
                try await listening()
                return .listening
            }
            while !isOver, let event = try await group.next() {
                try Task.checkCancellation()
                try handle(event, in: &group)
            }
            group.cancelAll()
        }
        try requireResults()
    }

    private var isOver: Bool { isServed && members[sites].allSatisfy { $0.result != nil } }

    private mutating func handle(_ event: Event, in group: inout Events) throws {
        switch event {
        case .listening:
            for site in sites { try start(site, in: &group) }
        case .due(let index):
            try start(index, in: &group)
        case .ended(let index, let ending):
            members[index].process = nil
            if index == 0 {
                try aggregatorEnded(ending, in: &group)
            } else {
                try siteEnded(index, ending, in: &group)
            }
        case .farewellOver:
            // One whose models were released is only scoring them.
            for site in members[sites]
            where !site.isOffline && access(folder.released(of: site.name), F_OK) != 0 {
                site.process?.stop()
            }
        }
    }

    private mutating func aggregatorEnded(_ ending: ChildProcess.Ending, in group: inout Events) throws {
        guard ending == .exited(0) else {
            try requireRestart(0, after: ending)
            scheduleRestart(0, in: &group)
            return
        }
        isServed = true
        group.addTask {
            try await Task.sleep(for: LocalFederationLimits.farewellTimeout)
            return .farewellOver
        }
    }

    private mutating func siteEnded(
        _ index: Int, _ ending: ChildProcess.Ending, in group: inout Events
    ) throws {
        if ending == .exited(0) {
            members[index].result = .complete
        } else if members[index].isOffline, ending == .exited(Self.incompleteExitCode) {
            members[index].result = .missing
        } else {
            try requireRestart(index, after: ending)
            members[index].isOffline = isServed
            scheduleRestart(index, in: &group)
        }
    }

    // MARK: Starts

    private mutating func start(_ index: Int, in group: inout Events) throws {
        let member = members[index]
        let process = try ChildProcess(
            program: member.program, arguments: arguments(member) + ["--attached", "--log-format", "json"],
            output: member.folder + "/out", log: member.log,
            // Sites have the machine together: threads of each, one a processor, would only stand about.
            hasOneThread: sites.contains(index))
        members[index].process = process
        group.addTask { .ended(index, await process.wait()) }
        try AtomicFile.write(Array("\(process.identifier)\n".utf8), to: member.folder + "/pid")
    }

    private mutating func scheduleRestart(_ index: Int, in group: inout Events) {
        members[index].restartCount += 1
        members[index].barrenRestartCount += 1
        group.addTask {
            try await Task.sleep(for: LocalFederationLimits.restartDelay)
            return .due(index)
        }
    }

    /// Checks that a process may be started again.
    private mutating func requireRestart(_ index: Int, after ending: ChildProcess.Ending) throws {
        let byteCount = fileByteCount(members[index].record)
        if byteCount != members[index].recordByteCount { members[index].barrenRestartCount = 0 }
        members[index].recordByteCount = byteCount
        let member = members[index]
        guard ending.isFromOutside else {
            let how =
                switch ending {
                case .exited(let code): "ended with exit code \(code)"
                case .signalled(let signal): "was ended by signal \(signal), a fault of the program"
                }
            throw LocalFederationError(
                .processFailed, "\(member.name) \(how); its log, \(member.log), ends:\n\(end(of: member.log))"
            )
        }
        guard member.restartCount < restartCountMaximum else {
            throw LocalFederationError(
                .tooManyRestarts,
                "\(member.name) was started again \(restartCountMaximum) times, and a signal ended it once more; "
                    + "find out who sends them: \(member.log)")
        }
        guard member.barrenRestartCount < barrenRestartCountMaximum else {
            throw LocalFederationError(
                .tooManyRestarts,
                "\(member.name) was started again \(barrenRestartCountMaximum) times without an accepted update, and was "
                    + "ended once more (\(ending)); where that is signal \(SIGKILL) and memory is short, the system ended "
                    + "it (see dmesg): run fewer sites; its log: \(member.log)")
        }
        logger.warning(
            "a process was ended and is started again",
            metadata: ["process": "\(member.name)", "ending": "\(ending)"])
    }

    // MARK: Results

    /// The exit code of a site that has no model of some task.
    private static let incompleteExitCode: Int32 = 3

    private func requireResults() throws {
        let missing = members[sites].filter {
            if case .complete = $0.result { false } else { true }
        }
        guard let first = missing.first else { return }
        throw LocalFederationError(
            .resultMissing,
            "the study is over, and \(missing.map(\.name).joined(separator: ", ")) "
                + "\(missing.count == 1 ? "has" : "have") no result: the aggregator ended without "
                + "\(missing.count == 1 ? "it" : "them"), as it does when a site's key is removed from "
                + "\(authorizedSites); see \(first.log). The others' results are in \(folder.path)/sites"
        )
    }

    /// 0 where there is no file.
    private func fileByteCount(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private func end(of log: String) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: log)) else { return "" }
        return String(decoding: data.suffix(LocalFederationLimits.quotedLogByteCount), as: UTF8.self)
    }
}
