package import AggregatorStorage
package import Federation
package import Logging
package import PrivacyLedger
internal import Reporting
package import Sodium
internal import Storage

/// Writes the receipts of a private study, and signs heads of the sites' privacy ledgers.
///
/// A receipt stands in the state's database as soon as its release is committed: the log of accepted updates, and the
/// receipts of refused ones. The books are written from there, some time later and many receipts under one signature,
/// and the database removes no row before its book has it. What a process did not come to write, the next one writes.
package actor ReceiptKeeper {
    /// Who signed, in heads.
    private static let aggregator = "aggregator"

    private let executor = BlockingExecutor(label: "atoll.receipts")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let folder: ReceiptFolder
    private let run: String
    private let key: Ed25519.SigningKey
    private let store: AggregatorStore
    private let logger: Logger
    private let owners: [TaskName: SiteName]
    private var books: [SiteName: ReceiptStore] = [:]
    /// The newest heads of all books in the folder, those of earlier runs included.
    package private(set) var signedHeads = SignedHeads()
    /// What is in the books.
    private var place = ReceiptPlace()
    /// How many of each site's next releases are in its book already.
    private var written: [SiteName: ReceiptCounts] = [:]

    /// Takes the books of a folder, which exists; ``open()`` comes next.
    ///
    /// - Parameters:
    ///   - instance: Of the store's state.
    ///   - key: The aggregator's.
    package init(
        folder: String, plan: StudyPlan, instance: InstanceIdentifier, key: borrowing Ed25519.SigningKey,
        store: AggregatorStore, logger: Logger
    ) {
        run = RunName.of(study: plan.name, instance: instance)
        self.folder = ReceiptFolder(folder, run: run)
        self.key = key.copy()
        self.store = store
        self.logger = logger
        owners = Dictionary(uniqueKeysWithValues: plan.tasks.map { ($0.name, $0.owner) })
    }

    /// Reads and checks every book, and writes the receipts that they lack.
    ///
    /// - Throws: `StorageError`; `LedgerError` where a book does not verify; ``AggregatorStorageError``. Each says what to
    ///   do.
    /// - Complexity: O(bytes of the books), and O(rows of the state's log).
    package func open() async throws {
        for content in try folder.prepare(publicKey: key.publicKey) {
            guard let site = content.site else { continue }
            for signed in content.heads.values { signedHeads.insert(signed.head, of: SiteName(site)) }
            if content.run == run { _ = try book(of: SiteName(site)) }
        }
        let totals = try await store.receiptTotals()
        var missing: [SiteName: ReceiptCounts] = [:]
        var removed: [SiteName: ReceiptCounts] = [:]
        for site in Set(totals.keys).union(books.keys) {
            let (gone, kept) = totals[site] ?? (ReceiptCounts(), ReceiptCounts())
            let book = books[site].map(\.receiptCounts) ?? ReceiptCounts()
            guard book.accepted >= gone.accepted, book.refused >= gone.refused else {
                throw StorageError(
                    .corrupted,
                    "\(folder.book(of: site)): it has \(book.accepted) receipts of accepted and \(book.refused) of refused "
                        + "releases, and \(gone.accepted) and \(gone.refused) are in no other place any more; restore the "
                        + "file from a backup, or begin the study anew with another state folder")
            }
            // The rows that the book does not have; none where it has more than the state, which is an older one then.
            let (accepted, moreAccepted) = Self.difference(gone.accepted + kept.accepted, book.accepted)
            let (refused, moreRefused) = Self.difference(gone.refused + kept.refused, book.refused)
            missing[site] = ReceiptCounts(accepted: accepted, refused: refused)
            if moreAccepted > 0 || moreRefused > 0 {
                removed[site] = ReceiptCounts(
                    accepted: gone.accepted + moreAccepted, refused: gone.refused + moreRefused)
                logger.warning(
                    "a site's receipts are ahead of the state; was an older state restored?",
                    metadata: ["site": "\(site)", "receipts": "\(moreAccepted + moreRefused)"])
            }
        }
        if !removed.isEmpty { try await store.setRemovedReceipts(removed) }
        (place, written) = try await store.place(beforeNewest: missing)
        try await catchUp()
    }

    /// Writes the receipts of everything that was committed.
    ///
    /// - Throws: `StorageError` where one cannot be written; ``AggregatorStorageError``. Nothing more may be acknowledged
    ///   then.
    package func catchUp() async throws {
        let limit = AggregatorLimits.receiptPageCount
        while true {
            let updates = try await store.updates(after: place.version, limit: limit)
            let refusals = try await store.refusals(after: place.refusal, limit: limit)
            guard !updates.isEmpty || !refusals.isEmpty else { return }
            var opened: [SiteName: [(time: Duration, receipt: Receipt)]] = [:]
            for update in updates {
                guard let site = owners[update.task], !isWritten(\.accepted, of: site) else { continue }
                opened[site, default: []].append((update.time, try Receipt(update.releaseHash, .accepted)))
            }
            for (_, refused) in refusals where !isWritten(\.refused, of: refused.site) {
                opened[refused.site, default: []].append(
                    (refused.time, try Receipt(refused.releaseHash, .refused)))
            }
            for (site, receipts) in opened.sorted(by: { $0.key < $1.key }) {
                // In the order in which they were opened: sorting keeps the order of equal times.
                let ordered = receipts.sorted { $0.time < $1.time }.map(\.receipt)
                try book(of: site).add(ordered, at: Timestamp.now().millisecondsSinceEpoch)
            }
            place.version = updates.last?.version ?? place.version
            place.refusal = refusals.last?.number ?? place.refusal
            try await store.releaseReceipts(before: place)
        }
    }

    /// Signs a head of a site's ledger; its book has it when this returns.
    ///
    /// - Throws: `StorageError` where it cannot be written; nothing more may be acknowledged then.
    package func countersign(_ head: LedgerHead, of site: SiteName) throws -> CountersignedHead {
        try book(of: site).countersign(head, at: Timestamp.now().millisecondsSinceEpoch)
    }

    /// Whether a site's next release of a kind is in its book already, which is noted.
    private func isWritten(
        _ kind: WritableKeyPath<ReceiptCounts, UInt64>, of site: SiteName
    ) -> Bool {
        guard let count = written[site]?[keyPath: kind], count > 0 else { return false }
        written[site]?[keyPath: kind] = count - 1
        return true
    }

    private func book(of site: SiteName) throws -> ReceiptStore {
        if let book = books[site] { return book }
        let path = folder.book(of: site)
        let book = try ReceiptStore(
            path, site: site.rawValue, run: run, aggregator: Self.aggregator, key: key,
            at: Timestamp.now().millisecondsSinceEpoch)
        if book.cutByteCount > 0 {
            logger.notice(
                "the torn end of a book of receipts was cut; what was in it is written again",
                metadata: ["file": "\(path)", "bytes": "\(book.cutByteCount)"])
        }
        books[site] = book
        return book
    }

    /// Returns `first - second` and 0, or 0 and `second - first`.
    private static func difference(_ first: UInt64, _ second: UInt64) -> (UInt64, UInt64) {
        first >= second ? (first - second, 0) : (0, second - first)
    }
}

extension ReceiptStore {
    fileprivate var receiptCounts: ReceiptCounts {
        ReceiptCounts(accepted: counts[.accepted] ?? 0, refused: counts[.refused] ?? 0)
    }
}

extension Receipt {
    /// - Parameter hash: BLAKE2b-256 of the release bytes.
    fileprivate init(_ hash: [UInt8], _ outcome: Outcome) throws {
        guard let release = LedgerHash(bytes: hash) else {
            throw AggregatorStorageError(
                .corrupted, "a release's hash has \(hash.count) bytes instead of \(LedgerHash.byteCount)")
        }
        self.init(release: release, outcome: outcome)
    }
}
