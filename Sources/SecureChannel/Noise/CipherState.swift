internal import Sodium

/// A key with the counter of the messages it has sealed or opened (Noise revision 34, section 5.1).
///
/// The value owns its key and cannot be copied, and every success moves the counter, so that no nonce is
/// used twice.
package struct CipherState: ~Copyable, Sendable {
    private let key: SecretBytes
    /// The nonce of the next message, and the number of messages so far.
    package private(set) var messageCount: UInt64 = 0
    /// The number of messages at which the key is used up.
    package let maximumMessageCount: UInt64

    /// Creates a cipher with a fresh key of 32 bytes.
    ///
    /// - Parameter maximumMessageCount: At most 2^64 - 1, the nonce that Noise reserves.
    init(key: consuming SecretBytes, maximumMessageCount: UInt64 = .max) {
        precondition(key.count == ChaCha20Poly1305.keyByteCount, "a Noise cipher key has 32 bytes")
        self.key = key
        self.maximumMessageCount = maximumMessageCount
    }

    /// Returns the ciphertext of the next message, 16 bytes longer.
    ///
    /// - Throws: ``SecureChannelError/Code/keysExhausted``.
    package mutating func seal(
        _ plaintext: consuming [UInt8], associatedData: [UInt8] = []
    ) throws(SecureChannelError) -> [UInt8] {
        try requireUnusedNonce()
        do {
            let sealed = try ChaCha20Poly1305.seal(
                plaintext, key: key, nonce: nonce, associatedData: associatedData)
            messageCount += 1
            return sealed
        } catch {
            throw SecureChannelError(.invalidKey, error.message)
        }
    }

    /// Returns the plaintext of the next message; a message that does not open leaves the counter as it was.
    ///
    /// - Throws: ``SecureChannelError/Code/recordRefused``, ``SecureChannelError/Code/keysExhausted``.
    package mutating func open(
        _ ciphertext: consuming [UInt8], associatedData: [UInt8] = []
    ) throws(SecureChannelError) -> [UInt8] {
        try requireUnusedNonce()
        do {
            let plaintext = try ChaCha20Poly1305.open(
                ciphertext, key: key, nonce: nonce, associatedData: associatedData)
            messageCount += 1
            return plaintext
        } catch {
            throw SecureChannelError(.recordRefused, "message \(messageCount): \(error.message)")
        }
    }

    /// 32 zero bits, then the counter, little-endian (section 12.3).
    private var nonce: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: ChaCha20Poly1305.nonceByteCount)
        for index in 0..<8 { bytes[4 + index] = UInt8(truncatingIfNeeded: messageCount >> (8 * index)) }
        return bytes
    }

    private func requireUnusedNonce() throws(SecureChannelError) {
        guard messageCount < maximumMessageCount else {
            throw SecureChannelError(
                .keysExhausted, "a key may carry \(maximumMessageCount) messages, and it has; connect anew")
        }
    }
}
