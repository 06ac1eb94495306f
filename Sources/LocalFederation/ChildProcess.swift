internal import Foundation
internal import Synchronization

/// One process that this one started: its output goes to files, and it ends when this process does.
final class ChildProcess: Sendable {
    /// How a process ended.
    enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)

        /// The exit code of a service that SIGTERM or SIGINT stopped before its end.
        static let stoppedExitCode: Int32 = 143
        /// Signals that a program brings upon itself: to start it again would hide its fault.
        static let faults: Set<Int32> = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]

        /// Whether somebody else ended the process, so that it may be started again.
        var isFromOutside: Bool {
            switch self {
            case .exited(let code): code == Self.stoppedExitCode
            case .signalled(let signal): !Self.faults.contains(signal)
            }
        }
    }

    private struct State {
        var ending: Ending?
        var waiters: [CheckedContinuation<Ending, Never>] = []
    }

    let identifier: Int32
    private let state: Shared
    /// Held open: its end tells the child that this process is gone.
    private let standardInput: Pipe

    /// What the handler of the process's end shares with this object, which it outlives.
    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    /// Starts `program`, with standard output appended to the file `output`, and standard error to `log`.
    ///
    /// - Parameter hasOneThread: Whether linear algebra has no threads of its own, unless this process's environment says
    ///   how many. The library makes them as it is loaded: the program itself would be too late to say so.
    init(
        program: String, arguments: [String], output: String, log: String, hasOneThread: Bool = false
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        if hasOneThread {
            process.environment = ["OPENBLAS_NUM_THREADS": "1"]
                .merging(ProcessInfo.processInfo.environment) { $1 }
        }
        let input = Pipe()
        process.standardInput = input
        let files = try [output, log].map { try Self.appending(to: $0) }
        defer { for file in files { try? file.close() } }
        process.standardOutput = files[0]
        process.standardError = files[1]
        let shared = Shared()
        process.terminationHandler = { process in
            let ending: Ending =
                process.terminationReason == .exit
                ? .exited(process.terminationStatus) : .signalled(process.terminationStatus)
            let waiters = shared.state.withLock { state in
                state.ending = ending
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume(returning: ending) }
        }
        do {
            try process.run()
        } catch {
            throw LocalFederationError(.programMissing, "cannot start \(program): \(error)")
        }
        identifier = process.processIdentifier
        state = shared
        standardInput = input
    }

    private static func appending(to path: String) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw LocalFederationError(.resultMissing, "cannot write \(path)")
        }
        try file.seekToEnd()
        return file
    }

    /// Waits until the process has ended, and returns how.
    ///
    /// Cancellation stops the process, see ``stop()``; its end is waited for all the same.
    func wait() async -> Ending {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ending = state.state.withLock { state -> Ending? in
                    if state.ending == nil { state.waiters.append(continuation) }
                    return state.ending
                }
                if let ending { continuation.resume(returning: ending) }
            }
        } onCancel: {
            stop()
        }
    }

    /// Asks the process to end, and kills it when it has not within ``LocalFederationLimits/stopTimeout``.
    func stop() {
        send(SIGTERM)
        Task.detached {
            try? await Task.sleep(for: LocalFederationLimits.stopTimeout)
            self.send(SIGKILL)
        }
    }

    /// Sends a signal, unless the process has ended: its identifier may be another's by now.
    private func send(_ signal: Int32) {
        state.state.withLock { state in
            if state.ending == nil { _ = kill(identifier, signal) }
        }
    }
}
