internal import Foundation
internal import Glibc
internal import LocalFederation
internal import Reporting
internal import TestSupport

/// An `atoll run` of real processes in a folder of its own.
struct LocalRun {
    let process: TestProcess
    let folder: RunFolder
    private let temporary: TemporaryFolder

    /// The bundled study without its privacy, which ends it after so many updates.
    static let withoutNoise = ["privacy=null"]

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
        guard let line = lastLine(of: folder.aggregator + "/history.csv") else { return 0 }
        let fields = line.split(separator: ",")
        return fields.count == 7 ? Int(fields[1]) ?? 0 : 0
    }

    /// The version of the newest acceptance in a site's folder; 0 before it.
    func lastAcceptedVersion(of site: String) -> Int {
        guard let line = lastLine(of: folder.site(site) + "/acceptances.jsonl"),
            let value = try? JSONValue(parsing: Array(line.utf8))
        else { return 0 }
        return value["version"]?.integerValue ?? 0
    }

    /// The last whole line of a file that another process writes.
    private func lastLine(of path: String) -> Substring? {
        // More than any line has.
        let tailByteCount: UInt64 = 512
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let end = try? file.seekToEnd() else { return nil }
        try? file.seek(toOffset: end > tailByteCount ? end - tailByteCount : 0)
        let tail = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        return tail.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last
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

    /// Every acceptance in a site's folder, with its number.
    func acceptedLines(of site: String) throws -> [AcceptedLine] {
        try JSONLines.read(path: folder.site(site) + "/acceptances.jsonl").map { line in
            AcceptedLine(
                version: line["version"]?.integerValue ?? 0, task: line["task"]?.stringValue ?? "",
                sequence: line["sequence"]?.integerValue ?? 0,
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
    /// - Parameter other: Whose work leads there; nil for the run's.
    /// - Throws: ``RunEnded`` where that process ends before; `CancellationError`.
    func wait(for other: TestProcess? = nil, until condition: () throws -> Bool) async throws {
        while try !condition() {
            guard (other ?? process).isRunning else { throw RunEnded() }
            try await Task.sleep(for: Self.pollInterval)
        }
    }

    /// Waits until the aggregator has applied `count` updates since its last start.
    func waitForUpdates(_ count: Int) async throws {
        try await wait { lastVersion() >= count }
    }

    /// Kills the process of `folder`, if it runs; returns its identifier.
    ///
    /// The identifier in the folder may be another's once the process has ended: only a child of the run is killed.
    @discardableResult
    func kill(in folder: String) -> Int32? {
        guard let identifier = identifier(in: folder),
            let status = try? text(of: "/proc/\(identifier)/stat")
        else { return nil }
        // The name, in parentheses, may hold anything; state and parent follow it.
        let fields = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
        guard fields.count > 2, fields[1] != "Z", Int32(fields[2]) == process.identifier else { return nil }
        return Glibc.kill(identifier, SIGKILL) == 0 ? identifier : nil
    }

    /// Kills the process of `folder` once it runs, and waits until another one has its place.
    func killAndWaitForRestart(in folder: String) async throws {
        var killed: Int32?
        try await wait {
            killed = kill(in: folder)
            return killed != nil
        }
        try await wait { identifier(in: folder) != killed }
    }

    /// Waits until no process has this identifier.
    func waitUntilGone(_ identifier: Int32) async throws {
        while Glibc.kill(identifier, 0) == 0 { try await Task.sleep(for: Self.pollInterval) }
    }
}

/// The run ended while a test waited for something else.
struct RunEnded: Error {}
