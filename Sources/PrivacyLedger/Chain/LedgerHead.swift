package import Sodium

/// The newest record of a ledger at some moment: what pins everything before it.
package struct LedgerHead: Hashable, Sendable {
    /// The hash of the ledger's first record, which tells ledgers apart.
    package let ledger: LedgerHash
    /// The number of the record, from 0.
    package let sequence: UInt64
    /// The hash of the record.
    package let hash: LedgerHash

    package init(ledger: LedgerHash, sequence: UInt64, hash: LedgerHash) {
        self.ledger = ledger
        self.sequence = sequence
        self.hash = hash
    }

    fileprivate func signedBytes(aggregator: String) -> [UInt8] {
        var writer = CanonicalWriter(reservingByteCount: 256)
        writer.fixed(Array("atoll ledger head 1\n".utf8))
        writer.hash(ledger)
        writer.integer(sequence)
        writer.hash(hash)
        writer.name(aggregator)
        return writer.bytes
    }
}

/// A head that an aggregator signed: both sides keep it, so neither can deny that the ledger had come so far.
package struct CountersignedHead: Hashable, Sendable {
    /// The head.
    package let head: LedgerHead
    /// Who signed it.
    package let aggregator: String
    /// Ed25519 over `atoll ledger head 1`, a line feed, and the fields as they stand in an entry.
    package let signature: [UInt8]

    /// Signs a head, at the aggregator.
    ///
    /// - Throws: ``LedgerError`` `invalidValue` for the name.
    package init(
        _ head: LedgerHead, aggregator: String, key: borrowing Ed25519.SigningKey
    ) throws(LedgerError) {
        try LedgerName.require(aggregator)
        self.head = head
        self.aggregator = aggregator
        signature = key.signature(for: head.signedBytes(aggregator: aggregator))
    }

    /// Creates a head that arrived with its signature, which is not checked.
    ///
    /// - Throws: ``LedgerError`` `invalidValue` for the name or a signature of another size.
    package init(_ head: LedgerHead, aggregator: String, signature: [UInt8]) throws(LedgerError) {
        try LedgerName.require(aggregator)
        guard signature.count == Ed25519.signatureByteCount else {
            throw LedgerError(
                .invalidValue,
                "a signature has \(Ed25519.signatureByteCount) bytes, got \(signature.count)")
        }
        self.head = head
        self.aggregator = aggregator
        self.signature = signature
    }

    /// Whether the owner of a public key signed the head.
    package func isSigned(by publicKey: [UInt8]) -> Bool {
        Ed25519.isValid(signature, for: head.signedBytes(aggregator: aggregator), publicKey: publicKey)
    }
}
