internal import Federation

/// How many of a site's receipts retention removed, as a row.
enum RemovedReceiptsRow {
    static func row(_ site: SiteName, _ counts: ReceiptCounts) -> EncodedRow {
        var row = SQLValues()
        row.append(site.rawValue)
        row.append(counts.accepted)
        row.append(counts.refused)
        return EncodedRow(.removedReceipts, row)
    }

    static func counts(_ row: StoredRow) throws -> (site: SiteName, counts: ReceiptCounts) {
        var row = row
        let site = SiteName(try row.text())
        return (site, ReceiptCounts(accepted: try row.unsigned(), refused: try row.unsigned()))
    }
}
