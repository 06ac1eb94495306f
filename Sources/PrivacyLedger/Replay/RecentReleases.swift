/// The newest charged releases by their hashes, so that a resend is recognised.
struct RecentReleases: Sendable {
    struct Charge: Sendable {
        var entry: UInt64
        var isPrivate: Bool
    }

    private var charges: [LedgerHash: Charge] = [:]
    private var order: [LedgerHash] = []
    private var oldest = 0

    subscript(hash: LedgerHash) -> Charge? { charges[hash] }

    mutating func insert(_ hash: LedgerHash, _ charge: Charge) {
        guard charges.updateValue(charge, forKey: hash) == nil else { return }
        if order.count < LedgerLimits.rememberedReleaseCount {
            order.append(hash)
        } else {
            charges[order[oldest]] = nil
            order[oldest] = hash
            oldest = (oldest + 1) % order.count
        }
    }
}
