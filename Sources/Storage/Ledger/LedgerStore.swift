internal import Glibc
package import PrivacyLedger
package import Sodium

/// A privacy ledger in its file: what is charged is on the disk before the release is handed out.
package struct LedgerStore: ~Copyable {
    private var ledger: PrivacyLedger
    private var file: LedgerFile
    private var newest: LedgerHeadFile
    /// Bytes of a torn record that the start replaced by an entry that charges the policy's largest release.
    package let recoveredByteCount: Int?

    /// Begins a ledger: an act of the site's administrator, once for a data set.
    ///
    /// - Parameters:
    ///   - newestPath: The file of its newest record, which outlives it.
    ///   - dataset: `DatasetCommitment` of the records.
    ///   - time: Milliseconds since 1970.
    /// - Throws: ``StorageError`` `alreadyExists`, also where the data set had a ledger that is gone, `noSpace`,
    ///   `systemCall`; `LedgerError` `invalidValue`.
    package init(
        creating path: String, newestPath: String, dataset: LedgerHash, site: String, policy: PrivacyPolicy,
        key: borrowing Ed25519.SigningKey, at time: Int64
    ) throws {
        var newest = try LedgerHeadFile(newestPath)
        if let head = newest.head, access(path, F_OK) != 0 {
            throw StorageError(
                .alreadyExists,
                "\(path): this data set had a ledger, of \(head.sequence) entries beside its first (\(newestPath)), and it "
                    + "is gone: put its newest copy back. Where it is certain that nothing was ever released, remove "
                    + "\(newestPath) and begin again")
        }
        // A refusal leaves no file: what is checked, is checked before there is one.
        var opening: [UInt8] = []
        let ledger = try PrivacyLedger(
            opening: dataset, site: site, policy: policy, key: key, at: time, append: { opening = $0 })
        var file = try LedgerFile(creating: path)
        try file.append(opening)
        try file.synchronizeFolder()
        try newest.write(ledger.head)
        try newest.synchronize()
        self.ledger = ledger
        self.file = file
        self.newest = newest
        recoveredByteCount = nil
    }

    /// Opens the ledger of a data set that has one, checks it, and recovers its end where the process or the machine
    /// ended in an append.
    ///
    /// - Parameters:
    ///   - newestPath: The file of its newest record; one that is absent is made, and nothing is compared.
    ///   - time: Milliseconds since 1970.
    /// - Throws: ``StorageError`` `notFound` where there is none, `inUse`, `insecurePermissions`; `LedgerError` where it
    ///   is damaged, of another owner or data set, cut, rolled back or forked. Nothing may be released then.
    /// - Complexity: O(bytes of the file), one signature.
    package init(
        opening path: String, newestPath: String, dataset: LedgerHash, site: String,
        key: borrowing Ed25519.SigningKey, at time: Int64
    ) throws {
        var file = try LedgerFile(existing: path)
        var newest = try LedgerHeadFile(newestPath)
        var replay = LedgerReplay(check: .newest, own: newest.head)
        let ending: LedgerReplay.Ending
        do {
            try file.read { try replay.read($0) }
            ending = try replay.finish()
        } catch let error as LedgerError {
            throw LedgerError(
                error.code,
                "\(path): \(error.message). Nothing is released; put back the newest copy: an older one "
                    + "lacks what was charged since, and is refused",
                entry: error.entry)
        }
        var ledger = try PrivacyLedger(resuming: replay, site: site, key: key)
        guard ledger.dataset == dataset else {
            throw LedgerError(
                .forbiddenEntry,
                "\(path): it accounts for another data set; each data set has its own ledger", entry: 0)
        }
        // What an earlier process left may be in the system's memory alone: its sync failed, or it was killed before.
        try file.settle()
        var recoveredByteCount: Int?
        if case .torn(let offset, let bytes) = ending {
            try ledger.recover(tail: bytes, offset: offset, at: time) {
                try file.replaceTail(from: offset, by: $0)
            }
            recoveredByteCount = bytes.count
        }
        try newest.write(ledger.head)
        self.recoveredByteCount = recoveredByteCount
        self.ledger = ledger
        self.file = file
        self.newest = newest
    }

    /// The newest record, for the aggregator to counter-sign.
    package var head: LedgerHead { ledger.head }
    /// What was charged, and the ceiling.
    package var account: LedgerAccount { ledger.account }

    /// Returns why a release would be refused, or nil.
    package func refusal(of release: PrivateRelease) -> Refusal? { ledger.refusal(of: release) }

    /// Charges a release, or refuses it; either is on the disk when this returns.
    ///
    /// The caller has the release bytes durable in its own state before, and sends after.
    ///
    /// - Throws: As `PrivacyLedger.charge`; ``StorageError`` `noSpace`, `systemCall`. Nothing may be sent then.
    package mutating func charge(
        _ release: PrivateRelease, bytes: [UInt8], isResend: Bool, at time: Int64
    ) throws -> PrivacyLedger.Outcome {
        try adding { try $0.charge(release, bytes: bytes, isResend: isResend, at: time, append: $1) }
    }

    /// Says whether a release would be refused, before it is made; a refusal is on the disk when this returns.
    ///
    /// - Throws: As ``charge(_:bytes:isResend:at:)``.
    package mutating func refuse(_ release: PrivateRelease, at time: Int64) throws -> Refusal? {
        try adding { try $0.refuse(release, at: time, append: $1) }
    }

    /// Puts another ceiling in place.
    package mutating func change(to policy: PrivacyPolicy, at time: Int64) throws {
        try adding { try $0.change(to: policy, at: time, append: $1) }
    }

    /// Keeps a head that an aggregator signed.
    ///
    /// - Throws: `LedgerError` `badSignature`, and `headMissing` for a ledger that was rolled back.
    package mutating func acknowledge(
        _ head: CountersignedHead, by publicKey: [UInt8], at time: Int64
    ) throws {
        try adding { try $0.acknowledge(head, by: publicKey, at: time, append: $1) }
    }

    /// Does what may add an entry, and notes the newest.
    private mutating func adding<Result>(
        _ body: (inout PrivacyLedger, _ append: (_ bytes: [UInt8]) throws -> Void) throws -> Result
    ) throws -> Result {
        let result = try body(&ledger) { try file.append($0) }
        try newest.write(ledger.head)
        return result
    }
}
