internal import ReleaseEncoding

/// The bounds of every message, for sending and for receiving.
package struct WireLimits: Sendable, Equatable {
    /// The most messages in one batch.
    package static let maximumBatchCount = 64
    /// Bytes up to which messages share a batch on their way out.
    ///
    /// With more the first would wait for the last, and the peer with them. Less than any batch may have.
    package static let joinedByteCount = 1 << 16
    /// The most tasks that one batch joins or welcomes.
    package static let maximumTaskCount = 4_096
    /// The most bytes of UTF-8 in the name of a study or a task.
    package static let maximumNameByteCount = 128
    /// The most bytes of UTF-8 in a refusal's message.
    package static let maximumTextByteCount = 1_024
    /// The bytes of a study's digest.
    package static let digestByteCount = 32
    /// The largest sequence number, version or staleness: one more, or twice as many, still fits in Int64.
    package static let maximumNumber = UInt64(1) << 62
    /// More than all fields of a message but its release and its tasks take, field numbers and lengths
    /// included: two names, a text, two hashes, a digest, five numbers.
    static let maximumOverheadByteCount = 2_048
    /// More than one task of a join or a welcome takes: a name, two numbers.
    static let maximumTaskByteCount = maximumNameByteCount + 32

    /// The most elements of any vector of the study.
    package let maximumDimension: Int
    /// Whether a site's batch must be, byte for byte, what its messages give.
    ///
    /// So it is where studies are private: a field that this build does not know, or one that stands there twice, would
    /// carry what no ledger charges.
    package let areBatchesExact: Bool

    /// Creates the bounds that follow from a study's largest dimension.
    ///
    /// - Parameter maximumDimension: 1 ... ``ReleaseEncodingLimits/maximumDimension``.
    package init(maximumDimension: Int, areBatchesExact: Bool = false) {
        precondition(
            (1...ReleaseEncodingLimits.maximumDimension).contains(maximumDimension),
            "maximumDimension must be 1 ... \(ReleaseEncodingLimits.maximumDimension), got \(maximumDimension)"
        )
        self.maximumDimension = maximumDimension
        self.areBatchesExact = areBatchesExact
    }

    /// The most bytes of one release.
    package var maximumReleaseByteCount: Int {
        ReleaseCodec.maximumReleaseByteCount(dimension: maximumDimension)
    }

    /// The most bytes of one batch: what a single message may need, which small messages share.
    package var maximumMessageByteCount: Int {
        Self.maximumOverheadByteCount
            + max(maximumReleaseByteCount, Self.maximumTaskCount * Self.maximumTaskByteCount)
    }
}
