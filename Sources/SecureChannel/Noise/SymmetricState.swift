internal import Sodium

/// The chaining key, the transcript hash and the handshake cipher (Noise revision 34, section 5.2).
struct SymmetricState: ~Copyable, Sendable {
    private var chainingKey: SecretBytes
    private(set) var hash: [UInt8]
    private var cipher: CipherState?

    init(_ noiseProtocol: NoiseProtocol) {
        // The names have at most 64 bytes, so they are padded with zeros and not hashed.
        let name = Array(noiseProtocol.rawValue.utf8)
        hash = name + [UInt8](repeating: 0, count: NoiseProtocol.hashByteCount - name.count)
        chainingKey = SecretBytes(copying: hash)
        cipher = nil
    }

    mutating func mixHash(_ data: [UInt8]) {
        mixHash(data.span)
    }

    private mutating func mixHash(_ data: Span<UInt8>) {
        var hasher = Blake2b(length: NoiseProtocol.hashByteCount)
        hasher.update(hash)
        hasher.update(data)
        hash = hasher.finalize()
    }

    mutating func mixKey(_ inputKeyMaterial: borrowing SecretBytes) {
        let outputs = HKDFBlake2b.derive(
            chainingKey: chainingKey, inputKeyMaterial: inputKeyMaterial, outputCount: 2)
        chainingKey = outputs.copy(0..<64)
        // A 64-byte output is cut to the 32 bytes of a cipher key.
        cipher = CipherState(key: outputs.copy(64..<96))
    }

    mutating func mixKeyAndHash(_ inputKeyMaterial: borrowing SecretBytes) {
        let outputs = HKDFBlake2b.derive(
            chainingKey: chainingKey, inputKeyMaterial: inputKeyMaterial, outputCount: 3)
        chainingKey = outputs.copy(0..<64)
        // No copy that nobody would erase.
        outputs.withBytes { bytes in mixHash(bytes.extracting(64..<128)) }
        cipher = CipherState(key: outputs.copy(128..<160))
    }

    mutating func encryptAndHash(_ plaintext: [UInt8]) throws(SecureChannelError) -> [UInt8] {
        let ciphertext = try cipher?.seal(plaintext, associatedData: hash) ?? plaintext
        mixHash(ciphertext)
        return ciphertext
    }

    mutating func decryptAndHash(_ ciphertext: [UInt8]) throws(SecureChannelError) -> [UInt8] {
        let plaintext = try cipher?.open(ciphertext, associatedData: hash) ?? ciphertext
        mixHash(ciphertext)
        return plaintext
    }

    /// Returns the ciphers from initiator to responder and back.
    func split(maximumMessageCount: UInt64) -> CipherPair {
        let outputs = HKDFBlake2b.derive(
            chainingKey: chainingKey, inputKeyMaterial: SecretBytes(count: 0, lifetime: .transient) { _ in },
            outputCount: 2)
        return CipherPair(
            fromInitiator: CipherState(
                key: outputs.copy(0..<32), maximumMessageCount: maximumMessageCount),
            fromResponder: CipherState(
                key: outputs.copy(64..<96), maximumMessageCount: maximumMessageCount))
    }
}

/// The ciphers of the two directions.
struct CipherPair: ~Copyable, Sendable {
    var fromInitiator: CipherState
    var fromResponder: CipherState
}
