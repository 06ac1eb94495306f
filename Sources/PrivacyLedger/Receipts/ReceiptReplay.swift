/// Reads an aggregator's receipts for one site and checks framing, hashes, numbers and signatures.
package struct ReceiptReplay: Sendable {
    /// Whose releases they are; nil before the first entry.
    package private(set) var site: String?
    /// The run that they are of.
    package private(set) var run: String?
    private var reader = RecordReader(purpose: .receipts)
    private var sequence: UInt64 = 0
    private var previous = LedgerHash.zero
    private let publicKey: [UInt8]

    /// Creates a replay that has read nothing.
    ///
    /// - Parameter publicKey: The aggregator's signing key.
    package init(publicKey: [UInt8]) { self.publicKey = publicKey }

    /// Reads on.
    ///
    /// - Throws: ``LedgerError`` of the first bad entry, with its number.
    package mutating func read(
        _ chunk: [UInt8], onEntry: (ReceiptEntry) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        var reader = reader
        try reader.read(chunk) { (record, offset) throws(LedgerError) in
            do throws(LedgerError) {
                try self.take(record, onEntry)
            } catch {
                throw LedgerError(
                    error.code, "receipt entry \(self.sequence) (offset \(offset)): \(error.message)",
                    entry: self.sequence)
            }
        }
        self.reader = reader
    }

    /// Checks that nothing follows the last whole record.
    package func finish() throws(LedgerError) {
        guard let tail = reader.tail else { return }
        throw LedgerError(
            tail.isTorn ? .tornTail : .brokenChain,
            "receipt entry \(sequence) (offset \(reader.offset)): \(tail.byteCount) bytes that are no whole record",
            entry: sequence)
    }

    private mutating func take(
        _ record: SignedRecord, _ onEntry: (ReceiptEntry) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        let entry = try ReceiptEntry(bytes: record.body)
        guard entry.sequence == sequence, entry.previous == previous else {
            throw LedgerError(.brokenChain, "does not follow the record before it")
        }
        guard record.isSigned(by: publicKey, purpose: .receipts) else {
            throw LedgerError(.badSignature, "the aggregator's key did not sign it")
        }
        switch entry.content {
        case .opened(let site, let run):
            guard sequence == 0 else { throw LedgerError(.forbiddenEntry, "opens receipts within others") }
            (self.site, self.run) = (site, run)
        case .head(let signed):
            guard signed.isSigned(by: publicKey) else {
                throw LedgerError(.badSignature, "the aggregator's key did not sign the head")
            }
            fallthrough
        case .receipts:
            guard sequence > 0 else {
                throw LedgerError(.forbiddenEntry, "the first entry does not open receipts")
            }
        }
        try onEntry(entry)
        sequence += 1
        previous = record.hash
    }
}
