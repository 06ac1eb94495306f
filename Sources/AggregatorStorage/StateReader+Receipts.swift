internal import Federation
internal import GRDB

extension StateReader {
    /// How many rows of each site retention removed.
    func removedReceipts() throws -> [SiteName: ReceiptCounts] {
        let rows = try rows(of: .removedReceipts, "").map { try RemovedReceiptsRow.counts($0) }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.site, $0.counts) })
    }

    /// Checks the newest receipts of refused releases, as many as log rows are counted.
    func checkReceipts(from first: UInt64, to last: UInt64) throws {
        var expected = max(first, last - min(last, AggregatorStorageLimits.replayWindow))
        let statement = try database.makeStatement(
            sql: StateTable.refused.select + " WHERE id >= ? ORDER BY id")
        let cursor = try Row.fetchCursor(statement, arguments: [Int64(clamping: expected)])
        while let row = try cursor.next() {
            var stored = try StoredRow(.refused, reading: row)
            guard try stored.unsigned() == expected else {
                throw StoredRow.corruption(StateTable.refused.name, row: "\(expected)", "it is missing")
            }
            expected += 1
        }
    }

    /// How many rows of each site retention removed, and how many there are.
    func receiptTotals() throws -> [SiteName: (removed: ReceiptCounts, kept: ReceiptCounts)] {
        let removed = try removedReceipts()
        let kept = try receiptCounts(acceptedWhere: "TRUE", refusedWhere: "TRUE")
        let sites = Set(removed.keys).union(kept.keys)
        return Dictionary(
            uniqueKeysWithValues: sites.map {
                ($0, (removed[$0] ?? ReceiptCounts(), kept[$0] ?? ReceiptCounts()))
            })
    }

    /// Counts rows by site.
    func receiptCounts(
        acceptedWhere acceptedCondition: String, refusedWhere refusedCondition: String
    ) throws -> [SiteName: ReceiptCounts] {
        var counts: [SiteName: ReceiptCounts] = [:]
        let accepted = try Row.fetchAll(
            database, sql: "SELECT task, count(*) FROM accepted WHERE \(acceptedCondition) GROUP BY task")
        for row in accepted {
            let task = Int(row[0] as Int64)
            guard plan.tasks.indices.contains(task) else {
                throw StoredRow.corruption("accepted", row: "unknown", "there is no task \(task)")
            }
            counts[plan.tasks[task].owner, default: ReceiptCounts()].accepted += UInt64(
                clamping: row[1] as Int64)
        }
        let refused = try Row.fetchAll(
            database, sql: "SELECT site, count(*) FROM refused WHERE \(refusedCondition) GROUP BY site")
        for row in refused {
            counts[SiteName(row[0]), default: ReceiptCounts()].refused += UInt64(clamping: row[1] as Int64)
        }
        return counts
    }

    /// Returns releases that were opened and not applied, after a place, oldest first.
    func refusals(after number: UInt64, limit: Int) throws -> [(number: UInt64, release: RefusedRelease)] {
        try rows(of: .refused, "WHERE id > \(number) ORDER BY id LIMIT \(limit)").map {
            try RefusedRow.release($0)
        }
    }

    /// Finds the last place after which are the newest `counts` rows of each site.
    func place(
        beforeNewest counts: [SiteName: ReceiptCounts]
    ) throws -> (place: ReceiptPlace, older: [SiteName: ReceiptCounts]) {
        var wanted = counts.mapValues(\.accepted).filter { $0.value > 0 }
        let (version, olderUpdates) = try place(before: &wanted, in: "accepted", key: "version", of: "task") {
            plan.tasks.indices.contains(Int($0) ?? -1) ? Int($0).map { plan.tasks[$0].owner } : nil
        }
        wanted = counts.mapValues(\.refused).filter { $0.value > 0 }
        let (refusal, olderRefusals) = try place(before: &wanted, in: "refused", key: "id", of: "site") {
            SiteName($0)
        }
        var older: [SiteName: ReceiptCounts] = [:]
        for (site, count) in olderUpdates { older[site, default: ReceiptCounts()].accepted = count }
        for (site, count) in olderRefusals { older[site, default: ReceiptCounts()].refused = count }
        return (ReceiptPlace(version: version, refusal: refusal), older)
    }

    /// Goes back through a table until the wanted rows were met; returns the key before the last of them, and how many
    /// others were met on the way.
    private func place(
        before wanted: inout [SiteName: UInt64], in table: String, key: String, of column: String,
        site: (String) -> SiteName?
    ) throws -> (key: UInt64, others: [SiteName: UInt64]) {
        var others: [SiteName: UInt64] = [:]
        var last: UInt64?
        let statement = try database.makeStatement(
            sql: "SELECT \(key), CAST(\(column) AS TEXT) FROM \(table) ORDER BY \(key) DESC")
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
            let number = UInt64(clamping: row[0] as Int64)
            if last == nil { last = number }
            guard !wanted.isEmpty else { break }
            last = number - 1
            guard let site = site(row[1]) else { continue }
            if let count = wanted[site] {
                wanted[site] = count > 1 ? count - 1 : nil
            } else {
                others[site, default: 0] += 1
            }
        }
        return (last ?? 0, others)
    }
}
