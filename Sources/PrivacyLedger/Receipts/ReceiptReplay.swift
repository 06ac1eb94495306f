/// Reads an aggregator's receipts for one site and checks framing, hashes, numbers and signatures.
package struct ReceiptReplay: Sendable {
    /// Whose releases they are; nil before the first entry.
    package private(set) var site: String?
    /// The run that they are of.
    package private(set) var run: String?
    private var reader = RecordReader(purpose: .receipts)
    /// The number of the next entry.
    private(set) var sequence: UInt64 = 0
    /// The hash of the last record.
    private(set) var previous = LedgerHash.zero
    /// The aggregator's signing key.
    let publicKey: [UInt8]
    private let check: LedgerReplay.SignatureCheck
    private var newest: SignedRecord?

    /// Creates a replay that has read nothing.
    ///
    /// - Parameters:
    ///   - publicKey: The aggregator's signing key.
    ///   - check: Which signatures are checked, of records and the heads in them: an auditor checks every one.
    package init(publicKey: [UInt8], check: LedgerReplay.SignatureCheck = .every) {
        self.publicKey = publicKey
        self.check = check
    }

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
        guard case .torn(let offset, let bytes) = try ending() else { return }
        throw LedgerError(
            .tornTail,
            "receipt entry \(sequence) (offset \(offset)): \(bytes.count) bytes that are no whole record",
            entry: sequence)
    }

    /// Checks what can be checked once the file has ended, and says what follows the last whole record.
    ///
    /// - Throws: ``LedgerError`` `brokenChain` for bytes that are no torn record, `badSignature`.
    package func ending() throws(LedgerError) -> LedgerReplay.Ending {
        let tail = reader.tail
        if let tail, !tail.isTorn {
            throw LedgerError(
                .brokenChain,
                "receipt entry \(sequence) (offset \(reader.offset)): \(tail.byteCount) bytes that are no whole "
                    + "record, and no torn end",
                entry: sequence)
        }
        if check == .newest, let newest {
            guard newest.isSigned(by: publicKey, purpose: .receipts) else {
                throw LedgerError(
                    .badSignature, "receipt entry \(sequence - 1): the aggregator's key did not sign it",
                    entry: sequence - 1)
            }
        }
        guard let tail else { return .whole }
        return .torn(offset: reader.offset, bytes: tail.bytes)
    }

    private mutating func take(
        _ record: SignedRecord, _ onEntry: (ReceiptEntry) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        let entry = try ReceiptEntry(bytes: record.body)
        guard entry.sequence == sequence, entry.previous == previous else {
            throw LedgerError(.brokenChain, "does not follow the record before it")
        }
        guard check == .newest || record.isSigned(by: publicKey, purpose: .receipts) else {
            throw LedgerError(.badSignature, "the aggregator's key did not sign it")
        }
        switch entry.content {
        case .opened(let site, let run):
            guard sequence == 0 else { throw LedgerError(.forbiddenEntry, "opens receipts within others") }
            (self.site, self.run) = (site, run)
        case .head(let signed):
            guard check == .newest || signed.isSigned(by: publicKey) else {
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
        newest = record
    }
}
