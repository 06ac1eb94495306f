/// Bounds of append-only logs.
package enum JournalLimits {
    /// Bytes of a new log: below it none is rewritten.
    package static let minimumByteCount = 4 << 20
    /// A log is rewritten when it is full, with room for this many times its checkpoint.
    package static let checkpointFactor = 8
    /// Bytes of one frame's payload.
    package static let maximumFrameByteCount = 1 << 30
    /// Bytes of a log: of the checkpoint of a model of the largest dimension and its room.
    package static let maximumByteCount = 1 << 40
    /// Bytes read at once where a log is examined.
    static let chunkByteCount = 1 << 18
}
