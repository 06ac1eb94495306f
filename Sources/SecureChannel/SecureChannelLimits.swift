/// The bounds of this module.
package enum SecureChannelLimits {
    /// The largest Noise message, and so the largest frame, in bytes (Noise revision 34, section 3).
    package static let maximumFrameByteCount = 65_535
    /// The bytes of a message that one record carries; every chunk but the last carries exactly these.
    ///
    /// With the largest header and the tag a full record has at most ``maximumFrameByteCount`` bytes.
    package static let chunkByteCount = 65_472
    /// The largest message when the caller names no bound, in bytes.
    package static let defaultMaximumMessageByteCount = 64 << 20
    /// The age at which the initiator replaces the session keys.
    package static let rekeyInterval = Duration.seconds(120)
    /// The records in one direction at which the initiator replaces the session keys.
    package static let rekeyRecordCount: UInt64 = 1 << 32
    /// The age at which session keys are no longer used: the connection ends.
    ///
    /// Far above ``rekeyInterval``, because a request for new keys may queue behind a large message on a
    /// slow line.
    package static let maximumKeyAge = Duration.seconds(3600)
    /// The records that one key may seal or open: the connection ends.
    package static let maximumRecordCount: UInt64 = 1 << 33
    /// The shortest time between two changes of keys that a responder takes part in.
    package static let minimumRekeyInterval = Duration.seconds(1)
    /// The longest site name, in bytes.
    package static let maximumNameByteCount = 64
}
