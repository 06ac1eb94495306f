package import Federation

/// What the books of receipts are written from: the accepted-update log, and the receipts of refused releases.
///
/// Of a private study no row of them is removed before ``releaseReceipts(before:)`` has said that it is in its site's
/// book.
extension AggregatorStore {
    /// Returns how many releases of each site were ever opened, those included whose rows retention removed.
    ///
    /// - Complexity: O(rows kept).
    package func receiptTotals() async throws -> [SiteName: (removed: ReceiptCounts, kept: ReceiptCounts)] {
        try await perform { database, connection in
            try connection.writer.reader(of: database).receiptTotals()
        }
    }

    /// Returns the last place after which are the newest `counts` rows of each site, and how many of the rows after it
    /// are older than these.
    ///
    /// - Complexity: O(rows after the place).
    package func place(
        beforeNewest counts: [SiteName: ReceiptCounts]
    ) async throws -> (place: ReceiptPlace, older: [SiteName: ReceiptCounts]) {
        try await perform { database, connection in
            try connection.writer.reader(of: database).place(beforeNewest: counts)
        }
    }

    /// Returns releases that were opened and not applied, after a place, oldest first.
    package func refusals(
        after number: UInt64, limit: Int
    ) async throws -> [(number: UInt64, release: RefusedRelease)] {
        try await perform { database, connection in
            try connection.writer.reader(of: database).refusals(after: number, limit: limit)
        }
    }

    /// Lets retention remove the rows before a place.
    package func releaseReceipts(before place: ReceiptPlace) async throws {
        try await perform { _, connection in connection.writer.receiptsKept = place }
    }

    /// Takes books that hold more than the state knows of, as after the restore of an older state: what they hold more
    /// counts as removed.
    package func setRemovedReceipts(_ counts: [SiteName: ReceiptCounts]) async throws {
        try await write { try $1.setRemovedReceipts(counts, in: $0) }
    }
}
