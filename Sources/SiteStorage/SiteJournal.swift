package import Federation
internal import Glibc
internal import ReleaseEncoding
package import Storage
internal import Synchronization

/// A site's state on disk: one log of what changed, which belongs to one study and site.
///
/// What is written an update is the column that was received and the release that is sent; vectors are written only
/// when the log is rewritten, and are otherwise decoded from the releases again. Long columns are left out where nothing
/// is synced: a site that was killed asks for full ones.
package final class SiteJournal: Sendable {
    fileprivate struct Contents: ~Copyable {
        var log: AppendLog
        var state: SiteState
    }

    /// The log's name in the state folder.
    package static let name = "site-journal"

    /// Rows of a model from which on an unsynced journal leaves columns out.
    package static let leastDimensionWithoutColumns = 1_024

    /// What holds for every change that is added.
    package let durability: JournalDurability
    /// What was found when the journal was opened.
    package let recovery: AppendLog.Recovery
    /// What the changes of earlier processes amount to.
    package let restored: SiteState
    private let contents: Mutex<Contents>
    private let keepsColumns: Bool

    /// Opens the journal in a folder, which is made where it is absent, or begins one.
    ///
    /// - Throws: ``StorageError``: `foreign` where it is another study's or site's, `inUse`, `corrupted`, `noSpace`.
    package init(
        folder: String, plan: StudyPlan, site: SiteName, durability: JournalDurability
    ) throws {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw StorageError(
                .systemCall, "cannot create the state folder \(folder): \(String(cString: strerror(errno)))")
        }
        let path = folder + "/" + Self.name
        let owner = JournalOwner(site: site.rawValue, study: plan.name, studyDigest: plan.digest)
        var replay = SiteReplay(dimension: plan.dimension)
        let log = try AppendLog(
            folder: folder, name: Self.name, owner: owner.bytes, durability: durability,
            requireOwner: { found in try owner.require(found, path: path) },
            replay: { payload, offset in
                do {
                    try replay.apply(payload)
                } catch {
                    throw StorageError(
                        .corrupted,
                        "\(path): the frame at offset \(offset) is whole, and does not follow from those before "
                            + "it (\(error)); move the file away: the site then joins with the aggregator's numbers"
                    )
                }
            })
        self.durability = durability
        keepsColumns = durability == .synced || plan.dimension < Self.leastDimensionWithoutColumns
        recovery = log.recovery
        restored = replay.state
        var opened = Contents(log: log, state: replay.state)
        // What an earlier process left may be in the system's memory alone: its sync failed, or it was killed before.
        if opened.log.isOfEarlierTerms || (durability == .synced && opened.log.recovery != .created) {
            try opened.rewrite(roomFor: 0)
        }
        contents = Mutex(opened)
    }

    /// The aggregator's state that everything so far belongs to; nil before the first welcome.
    package var instance: InstanceIdentifier? { contents.withLock { $0.state.instance } }

    /// Adds changes in order, all or nothing, to the journal's promise.
    ///
    /// - Throws: ``StorageError``: `noSpace`, `systemCall`; nothing more can be added then.
    package func append(_ changes: [SiteChange]) throws {
        let changes = keepsColumns ? changes : changes.filter { !$0.isColumn }
        guard !changes.isEmpty else { return }
        let byteCount = changes.reduce(0) { $0 + $1.byteCount }
        try contents.withLock { contents in
            if !contents.log.fits(payloadByteCount: byteCount) {
                try contents.rewrite(roomFor: byteCount)
            }
            try contents.log.append(byteCountHint: byteCount) { bytes in
                for change in changes { change.encode(into: &bytes) }
            }
            for change in changes { contents.state.apply(change) }
        }
    }
}

extension SiteChange {
    fileprivate var isColumn: Bool {
        if case .column = self { true } else { false }
    }
}

extension SiteJournal.Contents {
    /// Replaces the log by one that begins with the state.
    fileprivate mutating func rewrite(roomFor byteCount: Int) throws {
        var checkpoint = state.instance.map { [SiteChange.instance($0)] } ?? []
        checkpoint += state.tasks.values.sorted { $0.name < $1.name }.map { .task($0) }
        let checkpointByteCount = checkpoint.reduce(0) { $0 + $1.byteCount + AppendLog.frameOverhead }
        try log.rewrite(payloadByteCount: checkpointByteCount + byteCount) { add in
            for change in checkpoint {
                try add(change.byteCount) { change.encode(into: &$0) }
            }
        }
    }
}
