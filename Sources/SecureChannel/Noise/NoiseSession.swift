/// What a handshake leaves: one cipher for each direction, and the hash of the transcript.
package struct NoiseSession: ~Copyable, Sendable {
    /// Seals what this end sends.
    package var sending: CipherState
    /// Opens what the peer sends.
    package var receiving: CipherState
    /// Names the session: both ends have the same 64 bytes and no other session has.
    package let handshakeHash: [UInt8]

    /// Returns what opens the peer's messages; the sending key is gone.
    consuming func receivingAlone() -> CipherState {
        receiving
    }
}
