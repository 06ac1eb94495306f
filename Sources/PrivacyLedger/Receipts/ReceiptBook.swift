package import Sodium

/// An aggregator's receipts for one site in one run: a chain like a ledger, signed by the aggregator.
package struct ReceiptBook: ~Copyable {
    private let key: Ed25519.SigningKey
    private let aggregator: String
    private var sequence: UInt64
    private var previous: LedgerHash

    /// Begins a book.
    ///
    /// - Parameter append: Takes the bytes of the first record.
    /// - Throws: ``LedgerError`` `invalidValue` for a name; what `append` throws.
    package init(
        site: String, run: String, aggregator: String, key: borrowing Ed25519.SigningKey, at time: Int64,
        append: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        for name in [site, run, aggregator] { try LedgerName.require(name) }
        let entry = ReceiptEntry(
            sequence: 0, previous: .zero, time: time, content: .opened(site: site, run: run))
        let record = SignedRecord(body: entry.bytes, purpose: .receipts, key: key)
        try append(record.bytes)
        self.key = key.copy()
        self.aggregator = aggregator
        sequence = 1
        previous = record.hash
    }

    /// Goes on with a book that was read to its end.
    ///
    /// - Throws: ``LedgerError`` `forbiddenEntry` where it is not this site's and run's, `badSignature` where another key
    ///   signed it, `invalidValue` for the aggregator's name.
    package init(
        resuming replay: ReceiptReplay, site: String, run: String, aggregator: String,
        key: borrowing Ed25519.SigningKey
    ) throws(LedgerError) {
        try LedgerName.require(aggregator)
        guard replay.site == site, replay.run == run else {
            throw LedgerError(
                .forbiddenEntry,
                "receipts of site \(replay.site ?? "none") in run \(replay.run ?? "none") instead of site \(site) in "
                    + "run \(run)", entry: 0)
        }
        guard replay.publicKey == key.publicKey else {
            throw LedgerError(.badSignature, "receipts that another key signed", entry: 0)
        }
        self.key = key.copy()
        self.aggregator = aggregator
        sequence = replay.sequence
        previous = replay.previous
    }

    /// Adds receipts, up to 64 under one signature.
    package mutating func add(
        _ receipts: [Receipt], at time: Int64, append: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        var rest = receipts[...]
        while !rest.isEmpty {
            let part = rest.prefix(LedgerLimits.receiptsPerRecord.upperBound)
            rest = rest.dropFirst(part.count)
            try add(.receipts(Array(part)), at: time, append)
        }
    }

    /// Signs a head of the site's ledger, keeps it, and returns it for the site to keep.
    package mutating func countersign(
        _ head: LedgerHead, at time: Int64, append: (_ bytes: [UInt8]) throws -> Void
    ) throws -> CountersignedHead {
        let signed = try CountersignedHead(head, aggregator: aggregator, key: key)
        try add(.head(signed), at: time, append)
        return signed
    }

    private mutating func add(
        _ content: ReceiptEntry.Content, at time: Int64, _ append: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        let entry = ReceiptEntry(sequence: sequence, previous: previous, time: time, content: content)
        let record = SignedRecord(body: entry.bytes, purpose: .receipts, key: key)
        try append(record.bytes)
        sequence += 1
        previous = record.hash
    }
}
