/// The bounds of this module.
package enum LedgerLimits {
    /// The version of the format that this build writes and reads.
    package static let formatVersion: UInt8 = 1
    /// Bytes of a record's body.
    package static let bodyByteCount = 1...4096
    /// Bytes of a record: its length, body, hash and signature.
    package static let recordByteCount =
        SignedRecord.overheadByteCount + bodyByteCount.lowerBound...SignedRecord.overheadByteCount
        + bodyByteCount.upperBound
    /// Bytes that a disk writes whole or not at all, at least.
    static let sectorByteCount = 512
    /// Bytes of a name in an entry: of a site, run, task or aggregator.
    package static let nameByteCount = 1...128
    /// Newest releases that a resend is recognised by; older ones would be charged again, which is safe.
    package static let rememberedReleaseCount = 16_384
    /// Receipts of one record.
    package static let receiptsPerRecord = 1...64
}
