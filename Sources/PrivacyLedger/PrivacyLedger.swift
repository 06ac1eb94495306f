package import Sodium

/// A site's account of everything released from one data set: each release is charged here before it leaves.
///
/// Pure: every method that adds an entry is given the append, which returns once the bytes are on the disk. The order
/// of a private update is therefore: release bytes durable in the site's state, ``charge(_:bytes:at:append:)``, send.
/// After a crash the same call is made for the bytes in flight: where the entry is there already (the ledger is as far
/// as the state) nothing is charged twice, where it is not (the state is one ahead) it is charged now. An entry whose
/// bytes the state does not have is spent, and they are never made again.
package struct PrivacyLedger: ~Copyable {
    private let key: Ed25519.SigningKey
    private var state: LedgerState
    private var isUsable = true

    /// What became of a release.
    package enum Outcome: Sendable, Equatable {
        /// It may leave.
        case charged(ChargedRelease)
        /// It must not leave, and the refusal is in the ledger.
        case refused(Refusal)
    }

    /// Begins a ledger.
    ///
    /// - Parameters:
    ///   - dataset: ``DatasetCommitment`` of its records.
    ///   - time: Milliseconds since 1970.
    ///   - append: Puts the bytes at the end of the file and waits until they are on the disk.
    /// - Throws: ``LedgerError`` `invalidValue` for the name of the site; what `append` throws.
    package init(
        opening dataset: LedgerHash, site: String, policy: PrivacyPolicy, key: borrowing Ed25519.SigningKey,
        at time: Int64, append: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        try LedgerName.require(site)
        let opening = LedgerEntry.Opening(signingKey: key.publicKey, dataset: dataset, policy: policy)
        let entry = LedgerEntry(
            sequence: 0, previous: .zero, time: time, site: site, content: .opened(opening))
        let record = SignedRecord(body: entry.bytes, purpose: .ledger, key: key)
        let state = try LedgerState(first: entry, hash: record.hash)
        try append(record.bytes)
        self.state = state
        self.key = key.copy()
    }

    /// Goes on with a ledger that was read and found good.
    ///
    /// - Throws: ``LedgerError`` `forbiddenEntry` for a ledger without entries, of another site or of another key.
    package init(
        resuming replay: LedgerReplay, site: String, key: borrowing Ed25519.SigningKey
    ) throws(LedgerError) {
        guard let state = replay.state else {
            throw LedgerError(
                .forbiddenEntry, "the ledger has no entry: restore it from a backup", entry: 0)
        }
        guard state.site == site, state.opening.signingKey == key.publicKey else {
            throw LedgerError(
                .forbiddenEntry,
                "the ledger is of site \(state.site), or of another key of it, and this is site \(site); give each "
                    + "identity its own ledger",
                entry: 0)
        }
        self.state = state
        self.key = key.copy()
    }

    /// The newest record, for the aggregator to counter-sign.
    package var head: LedgerHead { state.head }
    /// What was charged, and the ceiling.
    package var account: LedgerAccount { state.account }
    /// ``DatasetCommitment`` of the records that are accounted for.
    package var dataset: LedgerHash { state.opening.dataset }

    /// Returns why a release would be refused, or nil.
    package func refusal(of release: PrivateRelease) -> Refusal? {
        account.refusal(of: release, dataset: dataset)
    }

    /// Charges a release, or refuses it, and puts either in the ledger.
    ///
    /// A resend that was charged before, among the ``LedgerLimits/rememberedReleaseCount`` newest, is not charged again;
    /// nothing is appended. Neither is a refusal that the newest entry says already.
    ///
    /// - Parameters:
    ///   - bytes: The release bytes, as they are sent.
    ///   - isResend: Whether they may have been charged before. A new release is charged even where its bytes are those of
    ///     an earlier one, as short vectors' may be by chance.
    /// - Throws: ``LedgerError`` `invalidValue` for parameters that do not agree with one another, `failed` after an
    ///   append that threw; what `append` throws. Nothing may be sent then.
    /// - Complexity: One hash of the bytes, one signature, and O(distinct releases) at most of anything else.
    package mutating func charge(
        _ release: PrivateRelease, bytes: [UInt8], isResend: Bool, at time: Int64,
        append: (_ bytes: [UInt8]) throws -> Void
    ) throws -> Outcome {
        try requireUsable()
        try release.require()
        let hash = LedgerHash(ofRelease: bytes)
        if isResend, let earlier = state.recent[RecentReleases.identity(of: release, hash: hash)] {
            return .charged(
                ChargedRelease(
                    bytes: bytes, hash: hash, entry: earlier.entry, isPrivate: earlier.isPrivate))
        }
        if let refusal = account.refusal(of: release, dataset: dataset) {
            if state.refused?.release != hash || state.refused?.refusal != refusal {
                try add(.refused(release, release: hash, refusal), at: time, append: append)
            }
            return .refused(refusal)
        }
        try add(.charged(release, release: hash), at: time, append: append)
        return .charged(
            ChargedRelease(
                bytes: bytes, hash: hash, entry: head.sequence, isPrivate: release.noiseSource == .system))
    }

    /// Says whether a release would be refused, and puts a refusal in the ledger, unless the newest entry says it already.
    ///
    /// Asked before a release is made: there are no bytes then, and the entry has zeros for their hash.
    ///
    /// - Throws: As ``charge(_:bytes:isResend:at:append:)``.
    package mutating func refuse(
        _ release: PrivateRelease, at time: Int64, append: (_ bytes: [UInt8]) throws -> Void
    ) throws -> Refusal? {
        try requireUsable()
        try release.require()
        guard let refusal = account.refusal(of: release, dataset: dataset) else { return nil }
        if state.refused?.release != .zero || state.refused?.refusal != refusal {
            try add(.refused(release, release: .zero, refusal), at: time, append: append)
        }
        return refusal
    }

    /// Charges the policy's largest release for what an interrupted append left at the end of the file.
    ///
    /// - Parameters:
    ///   - offset: Where the last whole record ends.
    ///   - tail: The bytes behind it.
    ///   - replace: Puts the bytes at the offset, in the tail's place, and waits until they are on the disk.
    package mutating func recover(
        tail: [UInt8], offset: Int, at time: Int64, replace: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        let policy = account.policy
        let recovery = LedgerEntry.Recovery(
            offset: UInt64(offset), byteCount: UInt64(tail.count), hash: LedgerHash(hashing: tail),
            mechanism: policy.mechanism, noiseMultiplier: policy.smallestNoiseMultiplier,
            sampling: policy.sampling)
        try add(.recovered(recovery), at: time, offset: offset, append: replace)
    }

    /// Puts another ceiling in place: an act of the site's administrator, signed and logged.
    ///
    /// - Throws: ``LedgerError`` `forbiddenEntry` for another unit or relation once anything was charged; `failed`; what
    ///   `append` throws.
    package mutating func change(
        to policy: PrivacyPolicy, at time: Int64, append: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        guard policy != account.policy else { return }
        try account.requireChange(to: policy)
        try add(.policyChanged(policy), at: time, append: append)
    }

    /// Keeps a head that an aggregator signed.
    ///
    /// - Throws: ``LedgerError`` `badSignature`; `headMissing` for a head that is ahead of this ledger, which was then
    ///   rolled back and must not be used.
    package mutating func acknowledge(
        _ signed: CountersignedHead, by publicKey: [UInt8], at time: Int64,
        append: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        guard signed.isSigned(by: publicKey) else {
            throw LedgerError(.badSignature, "\(signed.aggregator) did not sign the head that it names")
        }
        guard signed.head.ledger == head.ledger, signed.head.sequence <= head.sequence,
            signed.head.sequence < head.sequence || signed.head.hash == head.hash
        else {
            isUsable = false
            throw LedgerError(
                .headMissing,
                "\(signed.aggregator) signed entry \(signed.head.sequence) of ledger \(signed.head.ledger.short), which "
                    + "is not in this one, \(head.ledger.short), whose newest is \(head.sequence)")
        }
        try add(.acknowledged(signed), at: time, append: append)
    }

    private func requireUsable() throws(LedgerError) {
        guard isUsable else {
            throw LedgerError(
                .failed,
                "an append to the ledger failed before, or it was rolled back; start the process again")
        }
    }

    private mutating func add(
        _ content: LedgerEntry.Content, at time: Int64, offset: Int = 0,
        append: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        try requireUsable()
        let entry = LedgerEntry(
            sequence: head.sequence + 1, previous: head.hash, time: time, site: state.site, content: content)
        let record = SignedRecord(body: entry.bytes, purpose: .ledger, key: key)
        isUsable = false
        try append(record.bytes)
        // What an auditor will do with the entry, so that both come to the same account.
        try state.apply(entry, hash: record.hash, offset: offset)
        isUsable = true
    }
}
