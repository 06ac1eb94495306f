internal import Foundation
internal import TestSupport

/// A program of this build, started by a test.
final class TestProcess: Sendable {
    /// How a process ended, and what it wrote.
    struct Ending: Sendable {
        /// The exit code; nil where a signal ended it.
        var exitCode: Int32?
        var output: String
        var messages: String
    }

    let identifier: Int32
    private let process: ProcessBox
    private let outputPath: String
    private let messagesPath: String

    /// `Process` is not sendable; its identifier and its end are all that is used of it after its start.
    private struct ProcessBox: Sendable {
        let ended: Observed<Int32??>
    }

    /// The folder of the programs: the test bundle's own.
    static let programs: String = {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: path).deletingLastPathComponent().path
    }()

    /// The checkout.
    static let checkout: String = {
        // This file is <checkout>/Tests/LocalFederationTests/TestProcess.swift; the path may pass a link.
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
        return folder.deletingLastPathComponent().deletingLastPathComponent().path
    }()

    /// Starts a program of this build, or one by its absolute path, in the checkout, with what it writes kept in
    /// `folder`.
    ///
    /// - Parameter environment: Variables that it gets beside the test's own.
    init(
        _ arguments: [String], program: String = "atoll", environment: [String: String] = [:],
        in folder: TemporaryFolder
    ) throws {
        let name = UUID().uuidString
        outputPath = try folder.write("", to: "\(name).stdout")
        messagesPath = try folder.write("", to: "\(name).stderr")
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: program.hasPrefix("/") ? program : "\(Self.programs)/\(program)")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: Self.checkout)
        // The handler that prints backtraces lets a process live on after a fault's signal that another one sent.
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { $1 }
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: outputPath)
        process.standardError = FileHandle(forWritingAtPath: messagesPath)
        let ended = Observed<Int32??>(nil)
        process.terminationHandler = { process in
            let exitCode = process.terminationReason == .exit ? process.terminationStatus : nil
            ended.update { $0 = .some(exitCode) }
        }
        try process.run()
        identifier = process.processIdentifier
        self.process = ProcessBox(ended: ended)
    }

    var isRunning: Bool { process.ended.value == nil }

    /// Sends a signal, unless the process has ended: its identifier may be another's by now.
    func signal(_ signal: Int32) {
        if isRunning { kill(identifier, signal) }
    }

    /// Waits for the end.
    ///
    /// Where the test is cancelled, as by its time limit, the process is stopped.
    func ending() async throws -> Ending {
        let ended = process.ended
        let exitCode = try await withTaskCancellationHandler {
            try await ended.wait { $0 != nil } ?? nil
        } onCancel: {
            kill(identifier, SIGTERM)
        }
        return Ending(
            exitCode: exitCode, output: try text(of: outputPath), messages: try text(of: messagesPath))
    }
}
