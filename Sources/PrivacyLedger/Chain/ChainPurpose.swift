/// What a chain of signed records is, so that bytes of one purpose are never taken for another's.
package enum ChainPurpose: Sendable {
    /// A site's ledger, signed by the site.
    case ledger
    /// An aggregator's receipts for one site, signed by the aggregator.
    case receipts

    /// What is hashed before a record's body.
    var hashDomain: [UInt8] {
        switch self {
        case .ledger: Array("atoll ledger record 1\n".utf8)
        case .receipts: Array("atoll receipt record 1\n".utf8)
        }
    }

    /// What is signed before a record's hash.
    var signatureDomain: [UInt8] {
        switch self {
        case .ledger: Array("atoll ledger signature 1\n".utf8)
        case .receipts: Array("atoll receipt signature 1\n".utf8)
        }
    }
}
