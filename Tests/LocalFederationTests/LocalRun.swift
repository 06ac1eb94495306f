internal import Foundation
internal import LocalFederation
internal import Reporting
internal import TestSupport

/// An `atoll run` of real processes in a folder of its own.
struct LocalRun {
    let process: TestProcess
    let folder: RunFolder
    private let temporary: TemporaryFolder

    /// How often files and processes of others are looked at, which tell nobody when they change.
    private static let pollInterval = Duration.milliseconds(10)

    /// Starts `atoll run` of a study in `configs`.
    init(_ study: String, sites: Int, settings: [String] = [], arguments: [String] = []) throws {
        temporary = try TemporaryFolder()
        folder = RunFolder(temporary.file("test"))
        process = try TestProcess(
            [
                "run", "configs/\(study).yaml", "--sites", "\(sites)", "--runs", temporary.path, "--name",
                "test", "--json",
            ]
                + settings.flatMap { ["--set", $0] } + arguments, in: temporary)
    }

    /// One line of the aggregator's history.
    struct HistoryLine: Sendable, Equatable {
        var version: Int
        var task: String
        var staleness: Int
        var relaxation: Double
    }

    /// The lines of `history.csv` that are complete.
    func history() throws -> [HistoryLine] {
        guard let text = try? text(of: folder.aggregator + "/history.csv") else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast().compactMap
        {
            let fields = $0.split(separator: ",")
            guard fields.count == 7, let version = Int(fields[1]), let staleness = Int(fields[3]),
                let relaxation = Double(fields[4])
            else { return nil }
            return HistoryLine(
                version: version, task: String(fields[2]), staleness: staleness, relaxation: relaxation)
        }
    }

    /// The version of the last whole line of `history.csv`; 0 before it.
    private func lastVersion() -> Int {
        // More than any line has.
        let tailByteCount: UInt64 = 512
        guard let file = FileHandle(forReadingAtPath: folder.aggregator + "/history.csv") else { return 0 }
        defer { try? file.close() }
        guard let end = try? file.seekToEnd() else { return 0 }
        try? file.seek(toOffset: end > tailByteCount ? end - tailByteCount : 0)
        let tail = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        let lines = tail.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.last.map { $0.split(separator: ",") }.flatMap { $0.count == 7 ? Int($0[1]) : nil } ?? 0
    }

    /// Every acceptance in a site's folder.
    func acceptances(of site: String) throws -> [HistoryLine] {
        try JSONLines.read(path: folder.site(site) + "/acceptances.jsonl").map { line in
            HistoryLine(
                version: line["version"]?.integerValue ?? 0, task: line["task"]?.stringValue ?? "",
                staleness: line["staleness"]?.integerValue ?? -1,
                relaxation: line["relaxation"]?.doubleValue ?? .nan)
        }
    }

    /// The process identifier of one of the run's processes, by its folder; nil before its start.
    func identifier(in folder: String) -> Int32? {
        (try? text(of: folder + "/pid")).flatMap { Int32($0.filter { !$0.isNewline }) }
    }

    /// Waits until `condition` holds.
    ///
    /// - Throws: ``RunEnded`` where the run ends before; `CancellationError`.
    func wait(until condition: () throws -> Bool) async throws {
        while try !condition() {
            guard process.isRunning else { throw RunEnded() }
            try await Task.sleep(for: Self.pollInterval)
        }
    }

    /// Waits until the aggregator has applied `count` updates since its last start.
    func waitForUpdates(_ count: Int) async throws {
        try await wait { lastVersion() >= count }
    }

    /// Kills the process of `folder` and waits until another one has its place.
    func killAndWaitForRestart(in folder: String) async throws {
        try await wait { identifier(in: folder) != nil }
        guard let old = identifier(in: folder) else { return }
        kill(old, SIGKILL)
        try await wait { identifier(in: folder) != old }
    }

    /// Waits until no process has this identifier.
    func waitUntilGone(_ identifier: Int32) async throws {
        while kill(identifier, 0) == 0 { try await Task.sleep(for: Self.pollInterval) }
    }
}

/// The run ended while a test waited for something else.
struct RunEnded: Error {}
