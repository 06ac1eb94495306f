package import PrivacyLedger

/// What a book of receipts holds, read from its file and checked.
package struct ReceiptContent {
    /// The book, read to its end.
    private(set) var replay: ReceiptReplay
    private(set) var counts: [Receipt.Outcome: UInt64] = [:]
    /// The newest signed head of each ledger.
    package private(set) var heads: [LedgerHash: CountersignedHead] = [:]
    private(set) var tornByteCount = 0

    init(publicKey: [UInt8]) { replay = ReceiptReplay(publicKey: publicKey, check: .newest) }

    /// Reads the book at a path, which must exist; one of which not even the first entry is whole has no site.
    ///
    /// - Parameter publicKey: The aggregator's signing key.
    /// - Throws: ``StorageError``; `LedgerError` where it does not verify.
    package init(path: String, publicKey: [UInt8]) throws {
        self.init(publicKey: publicKey)
        try read(try ReceiptFile(path))
    }

    /// Whose releases they are; nil where the book has not begun.
    package var site: String? { replay.site }

    /// The run that they are of.
    package var run: String? { replay.run }

    mutating func read(_ file: ReceiptFile) throws {
        var replay = replay
        var content = self
        do {
            try file.read { chunk in
                try replay.read(chunk) { (entry) throws(LedgerError) in content.take(entry) }
            }
            if case .torn(_, let bytes) = try replay.ending() { content.tornByteCount = bytes.count }
            content.replay = replay
            self = content
        } catch let error as LedgerError {
            throw LedgerError(
                error.code,
                "\(file.path): \(error.message). Restore the file from a backup; without one, move it and the "
                    + "aggregator's state away and begin the study anew: receipts that are gone would leave an audit with "
                    + "nothing to find an uncharged release by", entry: error.entry)
        }
    }

    private mutating func take(_ entry: ReceiptEntry) {
        switch entry.content {
        case .opened: break
        case .receipts(let receipts):
            for receipt in receipts { counts[receipt.outcome, default: 0] += 1 }
        case .head(let signed):
            if let newest = heads[signed.head.ledger], newest.head.sequence > signed.head.sequence { return }
            heads[signed.head.ledger] = signed
        }
    }
}
