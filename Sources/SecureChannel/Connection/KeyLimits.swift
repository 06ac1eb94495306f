/// When the keys of a session are replaced, and when they are no longer used.
package struct KeyLimits: Sendable, Equatable {
    /// The age at which the initiator asks for new keys.
    package var rekeyInterval = SecureChannelLimits.rekeyInterval
    /// The records in one direction at which the initiator asks for new keys.
    package var rekeyRecordCount = SecureChannelLimits.rekeyRecordCount
    /// The shortest time between two changes of keys that the responder takes part in.
    package var minimumRekeyInterval = SecureChannelLimits.minimumRekeyInterval
    /// The age at which the connection ends.
    package var maximumKeyAge = SecureChannelLimits.maximumKeyAge
    /// The records in one direction at which the connection ends.
    package var maximumRecordCount = SecureChannelLimits.maximumRecordCount

    /// Creates the standard limits; change what a test needs.
    package init() {}
}
