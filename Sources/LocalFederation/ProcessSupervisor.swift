internal import FoundationEssentials
internal import Logging
internal import Reporting
internal import Synchronization

/// Keeps processes running: one that a signal ended is started again.
final class ProcessSupervisor: Sendable {
    private let logger: Logger
    private let restarts = Atomic(0)

    init(logger: Logger) {
        self.logger = logger
    }

    /// Times that a process was started again.
    var restartCount: Int { restarts.load(ordering: .relaxed) }

    /// Runs `program` until it exits with 0.
    ///
    /// Its process identifier is in `pid`, its output in `log` of `folder`.
    ///
    /// - Parameter arguments: Asked for at every start.
    /// - Throws: ``LocalFederationError`` where it exits with an error, with the end of its log.
    func run(
        _ name: String, program: String, folder: String, arguments: () -> [String]
    ) async throws {
        let log = folder + "/log"
        for attempt in 0...LocalFederationLimits.restartCount {
            try Task.checkCancellation()
            let process = try ChildProcess(
                program: program, arguments: arguments() + ["--attached", "--log-format", "json"], log: log)
            try AtomicFile.write(Array("\(process.identifier)\n".utf8), to: folder + "/pid")
            switch await process.wait() {
            case .exited(0):
                return
            case .exited(let code):
                try Task.checkCancellation()
                throw LocalFederationError(
                    .processFailed,
                    "\(name) ended with exit code \(code); its log, \(log), ends:\n\(end(of: log))")
            case .signalled(let signal):
                try Task.checkCancellation()
                restarts.wrappingAdd(1, ordering: .relaxed)
                logger.warning(
                    "a process was ended by a signal and is started again",
                    metadata: ["process": "\(name)", "signal": "\(signal)", "restart": "\(attempt + 1)"])
                try await Task.sleep(for: LocalFederationLimits.restartDelay)
            }
        }
        throw LocalFederationError(
            .tooManyRestarts, "\(name) was ended by signals \(LocalFederationLimits.restartCount) times")
    }

    private func end(of log: String) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: log)) else { return "" }
        return String(decoding: data.suffix(LocalFederationLimits.quotedLogByteCount), as: UTF8.self)
    }
}
