/// The newest charged releases, so that a resend is recognised: by what was released in which run, for which task and from
/// which version, and by the bytes.
struct RecentReleases: Sendable {
    struct Charge: Sendable {
        var entry: UInt64
        var isPrivate: Bool
    }

    private var charges: [LedgerHash: Charge] = [:]
    private var order: [LedgerHash] = []
    private var oldest = 0

    /// Names a release: other bytes, or the same of another run, task or version, are another one.
    static func identity(of release: PrivateRelease, hash: LedgerHash) -> LedgerHash {
        var writer = CanonicalWriter(reservingByteCount: 320)
        writer.name(release.run)
        writer.name(release.task)
        writer.integer(release.modelVersion)
        writer.hash(hash)
        return LedgerHash(hashing: writer.bytes)
    }

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
