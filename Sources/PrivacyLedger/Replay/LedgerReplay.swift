/// Reads a ledger's file from its beginning and checks everything that the file alone shows.
///
/// Framing, format, hashes, numbers, signatures, the rules of each policy, and whether given heads are in it. Memory
/// does not grow with the file.
package struct LedgerReplay: Sendable {
    /// Which signatures are checked.
    package enum SignatureCheck: Sendable {
        /// Every record's.
        case every
        /// The newest record's alone: by the chain it covers all before it.
        case newest
    }

    /// What the entries read so far amount to; nil before the first.
    package private(set) var state: LedgerState?
    private let check: SignatureCheck
    private var reader = RecordReader(purpose: .ledger)
    private let heads: [(head: LedgerHead, witness: String)]
    private var newest: SignedRecord?

    /// Creates a replay that has read nothing.
    ///
    /// - Parameters:
    ///   - heads: Heads that the ledger must contain, their signatures checked by the caller.
    ///   - own: One that the site itself noted, which it must contain too.
    package init(check: SignatureCheck, heads: [CountersignedHead] = [], own: LedgerHead? = nil) {
        self.check = check
        self.heads =
            heads.map { ($0.head, "\($0.aggregator) signed") } + (own.map { [($0, "this site noted")] } ?? [])
    }

    /// Reads on.
    ///
    /// - Parameter onEntry: Told of each entry that was found good, with its record's hash.
    /// - Throws: ``LedgerError`` of the first bad entry, with its number.
    package mutating func read(
        _ chunk: [UInt8], onEntry: (LedgerEntry, LedgerHash) throws(LedgerError) -> Void = { _, _ in }
    ) throws(LedgerError) {
        var reader = reader
        try reader.read(chunk) { (record, offset) throws(LedgerError) in
            try self.take(record, at: offset, onEntry)
        }
        self.reader = reader
    }

    /// What follows the last whole record.
    package enum Ending: Sendable, Equatable {
        /// Nothing.
        case whole
        /// What an interrupted append may have left.
        case torn(offset: Int, bytes: [UInt8])
    }

    /// Checks what can be checked once the file has ended.
    ///
    /// - Throws: ``LedgerError`` `brokenChain` for bytes that are no torn record, `badSignature`, `headMissing`.
    package func finish() throws(LedgerError) -> Ending {
        let next = nextSequence
        let tail = reader.tail
        if let tail, !tail.isTorn {
            throw LedgerError(
                .brokenChain,
                "entry \(next) (offset \(reader.offset)): its bytes are not those that were written, and "
                    + "\(tail.byteCount) bytes follow that are no torn end",
                entry: next)
        }
        if check == .newest, let newest, let state {
            guard newest.isSigned(by: state.opening.signingKey, purpose: .ledger) else {
                throw LedgerError(
                    .badSignature, "entry \(state.head.sequence): the ledger's own key did not sign it",
                    entry: state.head.sequence)
            }
        }
        for (head, witness) in heads {
            guard let state, head.ledger == state.head.ledger else {
                throw LedgerError(
                    .headMissing, "\(witness) a head of another ledger, \(head.ledger.short)", entry: 0)
            }
            guard head.sequence <= state.head.sequence else {
                throw LedgerError(
                    .headMissing,
                    "entry \(next) is missing: \(witness) a head at entry \(head.sequence), and the ledger ends before "
                        + "it; it was cut or rolled back",
                    entry: next)
            }
        }
        guard let tail else { return .whole }
        return .torn(offset: reader.offset, bytes: tail.bytes)
    }

    private var nextSequence: UInt64 { state.map { $0.head.sequence + 1 } ?? 0 }

    /// The key of the ledger, which its first entry names itself.
    private func signingKey(for entry: LedgerEntry) -> [UInt8]? {
        if let state { return state.opening.signingKey }
        if case .opened(let opening) = entry.content { return opening.signingKey }
        return nil
    }

    private mutating func take(
        _ record: SignedRecord, at offset: Int,
        _ onEntry: (LedgerEntry, LedgerHash) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        let number = nextSequence
        do throws(LedgerError) {
            let entry = try LedgerEntry(bytes: record.body)
            if check == .every, let key = signingKey(for: entry),
                !record.isSigned(by: key, purpose: .ledger)
            {
                throw LedgerError(.badSignature, "the ledger's own key did not sign it", entry: number)
            }
            if state == nil {
                state = try LedgerState(first: entry, hash: record.hash)
            } else {
                try state?.apply(entry, hash: record.hash, offset: offset)
            }
            newest = record
            for (head, witness) in heads where head.sequence == number && head.hash != record.hash {
                throw LedgerError(
                    .headMissing, "\(witness) another record of this number: the ledger was forked",
                    entry: number)
            }
            try onEntry(entry, record.hash)
        } catch {
            throw LedgerError(
                error.code, "entry \(number) (offset \(offset)): \(error.message)", entry: number)
        }
    }
}
