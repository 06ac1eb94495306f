internal import FoundationEssentials
internal import PrivacyLedger

extension FieldChecks {
    func ledgerHead(_ wire: Atoll_V1_LedgerHead, of field: StaticString) throws -> LedgerHead {
        guard let ledger = LedgerHash(bytes: wire.ledger), let hash = LedgerHash(bytes: wire.hash) else {
            throw WireError(
                .invalidField,
                "\(field) has hashes of \(wire.ledger.count) and \(wire.hash.count) bytes instead of "
                    + "\(LedgerHash.byteCount)")
        }
        return LedgerHead(ledger: ledger, sequence: try number(wire.sequence, of: field), hash: hash)
    }

    /// Returns a head with its signature, which is not checked.
    func countersignedHead(
        _ wire: Atoll_V1_CountersignedHead, of field: StaticString
    ) throws -> CountersignedHead {
        let head = try ledgerHead(wire.head, of: field)
        do {
            return try CountersignedHead(
                head, aggregator: wire.aggregator, signature: [UInt8](wire.signature))
        } catch {
            throw WireError(.invalidField, "\(field): \(error.message)")
        }
    }
}

extension LedgerHead {
    var wire: Atoll_V1_LedgerHead {
        var wire = Atoll_V1_LedgerHead()
        wire.ledger = Data(ledger.bytes)
        wire.sequence = sequence
        wire.hash = Data(hash.bytes)
        return wire
    }
}

extension CountersignedHead {
    var wire: Atoll_V1_CountersignedHead {
        var wire = Atoll_V1_CountersignedHead()
        wire.head = head.wire
        wire.aggregator = aggregator
        wire.signature = Data(signature)
        return wire
    }
}
