internal import Glibc
internal import LocalFederation
internal import Reporting

/// Looks at a running federation from outside: its history, and its processes' use of the machine.
struct FederationProbe: Sendable {
    /// One look.
    struct Sample: Sendable {
        /// Updates applied, and seconds, on the aggregator's clock, to the newest.
        var version: UInt64
        var seconds: Double
        var aggregator: ProcessUsage
        var sites: [ProcessUsage]
    }

    let folder: RunFolder
    let sites: [String]

    /// Waits until every site has a process, and returns how many updates were applied before.
    ///
    /// Those are of some sites only: on a busy machine the first ones apply thousands before the last one starts.
    ///
    /// - Throws: ``ThroughputError`` `stalled`.
    func waitForSites() async throws -> UInt64 {
        let clock = ContinuousClock()
        let deadline = clock.now + ThroughputLimits.stallTimeout
        while clock.now < deadline {
            if sites.allSatisfy({ access(folder.site($0) + "/pid", R_OK) == 0 }) {
                return try newestLine()?.version ?? 0
            }
            try await Task.sleep(for: ThroughputLimits.pollInterval)
        }
        throw ThroughputError(
            .stalled, "not every site started in \(ThroughputLimits.stallTimeout); see \(folder.path)/sites")
    }

    /// Returns a sample once `version` updates were applied.
    ///
    /// The history reaches the disk in bursts, so the moment to look is when it has just grown: the processes' use
    /// is then that of the newest line.
    func sample(atVersion version: UInt64) async throws -> Sample {
        let clock = ContinuousClock()
        var deadline = clock.now + ThroughputLimits.stallTimeout
        var size = byteCount
        while clock.now < deadline {
            try await Task.sleep(for: ThroughputLimits.pollInterval)
            guard byteCount != size else { continue }
            size = byteCount
            deadline = clock.now + ThroughputLimits.stallTimeout
            if let newest = try newestLine(), newest.version >= version {
                return Sample(
                    version: newest.version, seconds: newest.seconds,
                    aggregator: try ProcessUsage(of: identifier(in: folder.aggregator)),
                    sites: try sites.map { try ProcessUsage(of: identifier(in: folder.site($0))) })
            }
        }
        throw ThroughputError(
            .stalled,
            "no update was applied for \(ThroughputLimits.stallTimeout); see \(folder.aggregator)/log")
    }

    /// Has the aggregator finish the study with the result that it has.
    func finish() throws {
        _ = kill(try identifier(in: folder.aggregator), SIGUSR1)
    }

    /// The times of the updates from one sample to another, in seconds.
    func times(from start: Sample, to end: Sample) throws -> [Double] {
        try FileContents.read(path: historyPath).split(separator: UInt8(ascii: "\n"))
            .compactMap { Self.parsed($0) }
            .filter { start.version <= $0.version && $0.version <= end.version }.map(\.seconds)
    }

    private var historyPath: String { folder.aggregator + "/history.csv" }

    private var byteCount: Int {
        var status = stat()
        return stat(historyPath, &status) == 0 ? Int(status.st_size) : 0
    }

    private func newestLine() throws -> (version: UInt64, seconds: Double)? {
        let descriptor = open(historyPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: ThroughputLimits.chunkByteCount)
        let start = max(0, off_t(byteCount - bytes.count))
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, start) }
        // What follows the last line feed is not whole.
        return bytes.prefix(max(0, count)).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        )
        .dropLast().last.flatMap { Self.parsed($0) }
    }

    private static func parsed(_ line: ArraySlice<UInt8>) -> (version: UInt64, seconds: Double)? {
        let fields = line.split(separator: UInt8(ascii: ","), maxSplits: 2)
        guard fields.count == 3, let seconds = Double(String(decoding: fields[0], as: UTF8.self)),
            let version = UInt64(String(decoding: fields[1], as: UTF8.self))
        else { return nil }
        return (version, seconds)
    }

    private func identifier(in folder: String) throws -> Int32 {
        let text = String(decoding: try FileContents.read(path: folder + "/pid"), as: UTF8.self)
        guard let identifier = Int32(text.split(separator: "\n").first ?? "") else {
            throw ThroughputError(.unreadable, "\(folder)/pid holds no process's number")
        }
        return identifier
    }
}
