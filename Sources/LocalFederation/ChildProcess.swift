internal import Foundation
internal import Synchronization

/// One process that this one started: its output goes to a file, and it ends when this process does.
final class ChildProcess: Sendable {
    /// How a process ended.
    enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    let identifier: Int32
    private let endings: AsyncStream<Ending>
    /// Held open: its end tells the child that this process is gone.
    private let standardInput: Pipe

    /// Starts `program`, with standard output and error appended to `log`.
    init(program: String, arguments: [String], log: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let input = Pipe()
        process.standardInput = input
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        guard let output = FileHandle(forWritingAtPath: log) else {
            throw LocalFederationError(.resultMissing, "cannot write \(log)")
        }
        defer { try? output.close() }
        try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        let (stream, continuation) = AsyncStream<Ending>.makeStream(bufferingPolicy: .bufferingOldest(1))
        process.terminationHandler = { process in
            continuation.yield(
                process.terminationReason == .exit
                    ? .exited(process.terminationStatus) : .signalled(process.terminationStatus))
            continuation.finish()
        }
        do {
            try process.run()
        } catch {
            throw LocalFederationError(.programMissing, "cannot start \(program): \(error)")
        }
        identifier = process.processIdentifier
        endings = stream
        standardInput = input
    }

    /// Waits until the process has ended.
    ///
    /// Cancellation asks it to end, and kills it when it does not.
    func wait() async -> Ending {
        await withTaskCancellationHandler {
            for await ending in endings { return ending }
            // The stream was cancelled, not the process: it is being stopped.
            return await stop()
        } onCancel: {
            kill(identifier, SIGTERM)
        }
    }

    private func stop() async -> Ending {
        let clock = ContinuousClock()
        let deadline = clock.now + LocalFederationLimits.stopTimeout
        while kill(identifier, 0) == 0, clock.now < deadline {
            // This task is cancelled: sleep on a thread's clock, not the task's.
            await Task.detached { try? await Task.sleep(for: LocalFederationLimits.pollInterval) }.value
        }
        kill(identifier, SIGKILL)
        return .signalled(SIGTERM)
    }
}
