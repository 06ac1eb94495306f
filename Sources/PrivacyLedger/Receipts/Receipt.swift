/// What an aggregator says of one release that it opened.
package struct Receipt: Hashable, Sendable {
    /// What became of the release; its privacy is spent either way.
    package enum Outcome: UInt8, Sendable, CaseIterable {
        case accepted = 1
        case refused = 2
    }

    /// BLAKE2b-256 of the release bytes.
    package let release: LedgerHash
    /// What became of it.
    package let outcome: Outcome

    package init(release: LedgerHash, outcome: Outcome) {
        self.release = release
        self.outcome = outcome
    }
}

/// One entry of an aggregator's receipts for one site.
package struct ReceiptEntry: Sendable, Equatable {
    /// What an entry says.
    package enum Content: Sendable, Equatable {
        /// The first entry: whose releases in which run.
        case opened(site: String, run: String)
        /// Releases in the order in which they were opened.
        case receipts([Receipt])
        /// A head of the site's ledger that the aggregator signed.
        case head(CountersignedHead)
    }

    /// Its number, from 0, without gaps.
    package let sequence: UInt64
    /// The hash of the record before it; zero in the first.
    package let previous: LedgerHash
    /// Milliseconds since 1970 by the aggregator's clock.
    package let time: Int64
    /// What it says.
    package let content: Content

    /// The canonical bytes.
    package var bytes: [UInt8] {
        var writer = CanonicalWriter(reservingByteCount: 512)
        writer.byte(LedgerLimits.formatVersion)
        switch content {
        case .opened: writer.byte(1)
        case .receipts: writer.byte(2)
        case .head: writer.byte(3)
        }
        writer.integer(sequence)
        writer.hash(previous)
        writer.time(time)
        switch content {
        case .opened(let site, let run):
            writer.name(site)
            writer.name(run)
        case .receipts(let receipts):
            writer.byte(UInt8(receipts.count))
            for receipt in receipts {
                writer.hash(receipt.release)
                writer.byte(receipt.outcome.rawValue)
            }
        case .head(let head): writer.head(head)
        }
        return writer.bytes
    }

    package init(sequence: UInt64, previous: LedgerHash, time: Int64, content: Content) {
        self.sequence = sequence
        self.previous = previous
        self.time = time
        self.content = content
    }

    /// Reads an entry.
    ///
    /// - Throws: ``LedgerError`` `malformed` or `invalidValue` for bytes that ``bytes`` does not give.
    package init(bytes: [UInt8]) throws(LedgerError) {
        var reader = CanonicalReader(bytes)
        try reader.formatVersion(of: "receipts")
        let kind = try reader.byte()
        sequence = try reader.integer()
        previous = try reader.hash()
        time = try reader.time()
        switch kind {
        case 1: content = .opened(site: try reader.name(), run: try reader.name())
        case 2:
            let count = Int(try reader.byte())
            guard LedgerLimits.receiptsPerRecord.contains(count) else {
                throw LedgerError(.malformed, "\(count) receipts in one record")
            }
            var receipts: [Receipt] = []
            for _ in 0..<count {
                receipts.append(
                    Receipt(
                        release: try reader.hash(),
                        outcome: try reader.choice(Receipt.Outcome.init(rawValue:))))
            }
            content = .receipts(receipts)
        case 3: content = .head(try reader.head())
        default: throw LedgerError(.malformed, "a receipt entry of the unknown kind \(kind)")
        }
        try reader.end()
    }
}
