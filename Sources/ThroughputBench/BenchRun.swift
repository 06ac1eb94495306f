internal import Glibc
internal import LocalFederation
internal import Reporting

/// A federation that ran, and how it looked twice in mid-run.
struct BenchRun: Sendable {
    let probe: FederationProbe
    let start: FederationProbe.Sample
    let end: FederationProbe.Sample

    var folder: RunFolder { probe.folder }

    /// What the run came to between the two looks.
    ///
    /// - Throws: ``ThroughputError`` `unreadable` for a summary that lacks a figure.
    func figures() throws -> LoadFigures {
        let count = Double(end.version - start.version)
        let siteSeconds = zip(end.sites, start.sites).reduce(0) { $0 + $1.0.seconds - $1.1.seconds }
        let updates = try summarized("updates")
        return LoadFigures(
            siteCount: probe.sites.count, updatesPerSecond: count / (end.seconds - start.seconds),
            aggregatorMilliseconds: 1e3 * (end.aggregator.seconds - start.aggregator.seconds) / count,
            siteMilliseconds: 1e3 * siteSeconds / count, bytesUp: try summarized("bytes_up") / updates,
            bytesDown: try summarized("bytes_down") / updates,
            aggregatorByteCount: end.aggregator.residentByteCount,
            siteByteCount: end.sites.map(\.residentByteCount).max() ?? 0)
    }

    /// From one update to the next.
    func roundTripMilliseconds() throws -> Quantiles {
        let times = try probe.times(from: start, to: end)
        return Quantiles(zip(times.dropFirst(), times).map { $0 - $1 }).scaled(by: 1e3)
    }

    /// Bytes of all ledgers over the whole run's updates.
    ///
    /// - Throws: ``ThroughputError`` `unreadable` where a site has no ledger.
    func ledgerBytes() throws -> Double {
        let byteCount = try probe.sites.reduce(0) { sum, site in
            var status = stat()
            let path = folder.ledger(of: site)
            guard stat(path, &status) == 0 else {
                throw ThroughputError(.unreadable, "\(path): the private site has no ledger")
            }
            return sum + Int(status.st_size)
        }
        return Double(byteCount) / (try summarized("updates"))
    }

    private func summarized(_ key: String) throws -> Double {
        let path = folder.aggregator + "/summary.json"
        guard let value = try JSONValue(parsing: FileContents.read(path: path))[key]?.doubleValue else {
            throw ThroughputError(.unreadable, "\(path) lacks \(key)")
        }
        return value
    }
}
