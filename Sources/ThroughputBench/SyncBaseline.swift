internal import Dispatch
internal import Reporting
internal import Storage

/// What a private update costs the disk at the least: its bytes in a synced journal, then in a ledger, one sync each.
struct SyncBaseline: Sendable {
    /// Bytes of one update in the journal, and in the ledger.
    let journalByteCount: Int
    let ledgerByteCount: Int

    /// Returns the seconds of each pair of syncs, of all sites, for so long and at least one a site.
    ///
    /// - Parameters:
    ///   - siteCount: Pairs of files that are written at once, on a thread each.
    ///   - folder: An existing one on the disk to be measured; what is written is left for the caller to remove.
    /// - Throws: `StorageError`; ``ThroughputError`` `unwritable`.
    func seconds(for duration: Duration, siteCount: Int, in folder: String) async throws -> [Double] {
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for site in 0..<siteCount {
                let folder = "\(folder)/syncs-\(siteCount)-\(site)"
                group.addTask { try await onThread { try pairs(for: duration, folder: folder) } }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Waits for the disk beside Swift's pool, which has a thread a processor and not one a site.
    private func onThread(_ work: @escaping @Sendable () throws -> [Double]) async throws -> [Double] {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "syncs").async { continuation.resume(with: Result { try work() }) }
        }
    }

    private func pairs(for duration: Duration, folder: String) throws -> [Double] {
        try Folder.create(folder)
        var journal = try AppendLog(
            folder: folder, name: "journal", owner: [], durability: .synced, requireOwner: { _ in },
            replay: { _, _ in })
        let ledger = try GrowingFile(folder + "/ledger")
        let update = [UInt8](repeating: 7, count: journalByteCount)
        let entry = [UInt8](repeating: 7, count: ledgerByteCount)
        let clock = ContinuousClock()
        let end = clock.now + duration
        var seconds: [Double] = []
        repeat {
            let start = clock.now
            if !journal.fits(payloadByteCount: update.count) {
                try journal.rewrite(payloadByteCount: update.count) { _ in }
            }
            try journal.append(byteCountHint: update.count) { $0 += update }
            try ledger.append(entry)
            seconds.append((clock.now - start) / .seconds(1))
        } while clock.now < end
        return seconds
    }
}
