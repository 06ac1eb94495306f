package import PrivacyLedger
package import Sodium

/// An aggregator's receipts for one site and run, in their file: what is added is on the disk when that returns.
///
/// A write ends with one record, so that what a crash leaves is a torn record at most.
package final class ReceiptStore {
    private var book: ReceiptBook
    private var file: ReceiptFile
    /// Receipts in the book.
    package private(set) var counts: [Receipt.Outcome: UInt64]
    /// The newest signed head of each ledger.
    package private(set) var heads: [LedgerHash: CountersignedHead]
    /// Bytes of a torn record that the start cut off.
    package let cutByteCount: Int

    /// Opens the book at a path, or begins it where there is none.
    ///
    /// - Parameter time: Milliseconds since 1970.
    /// - Throws: ``StorageError``; `LedgerError` where it does not verify, or is of another site, run or key.
    /// - Complexity: O(bytes of the file), one signature.
    package init(
        _ path: String, site: String, run: String, aggregator: String, key: borrowing Ed25519.SigningKey,
        at time: Int64
    ) throws {
        var file = try ReceiptFile(path)
        var content = ReceiptContent(publicKey: key.publicKey)
        try content.read(file)
        cutByteCount = content.tornByteCount
        if content.tornByteCount > 0 { try file.cut(to: file.byteCount - content.tornByteCount) }
        if content.replay.site == nil {
            book = try ReceiptBook(site: site, run: run, aggregator: aggregator, key: key, at: time) {
                try file.append($0)
            }
        } else {
            book = try ReceiptBook(
                resuming: content.replay, site: site, run: run, aggregator: aggregator, key: key)
        }
        self.file = file
        counts = content.counts
        heads = content.heads
    }

    /// Adds receipts, up to 64 under one signature.
    ///
    /// - Throws: ``StorageError``; nothing may be added then.
    package func add(_ receipts: [Receipt], at time: Int64) throws {
        try book.add(receipts, at: time) { try file.append($0) }
        for receipt in receipts { counts[receipt.outcome, default: 0] += 1 }
    }

    /// Signs a head of the site's ledger and keeps it; one that is kept already is returned as it is.
    ///
    /// - Throws: ``StorageError``; nothing may be added then.
    package func countersign(_ head: LedgerHead, at time: Int64) throws -> CountersignedHead {
        if let kept = heads[head.ledger], kept.head == head { return kept }
        let signed = try book.countersign(head, at: time) { try file.append($0) }
        heads[head.ledger] = signed
        return signed
    }
}
