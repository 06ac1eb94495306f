package import Sodium

/// Names a data set to those who know its key and to nobody else.
///
/// The first 32 bytes of HMAC-BLAKE2b under a random key that stays at the site: without it nobody can test a guess at
/// the records, nor tell that two sites hold the same ones.
package enum DatasetCommitment {
    /// Bytes of the key.
    package static let keyByteCount = 32

    /// Returns the commitment to a data set.
    ///
    /// - Parameters:
    ///   - digest: BLAKE2b-256 of the data set's canonical form.
    ///   - key: ``keyByteCount`` random bytes, kept at the site.
    /// - Throws: ``LedgerError`` `invalidValue` for a key of another size.
    package static func commit(
        to digest: LedgerHash, key: borrowing SecretBytes
    ) throws(LedgerError) -> LedgerHash {
        guard key.count == keyByteCount else {
            throw LedgerError(
                .invalidValue, "the key of a data set has \(keyByteCount) bytes, got \(key.count)")
        }
        let code = HMACBlake2b.authenticate(
            key: key, Array("atoll data set 1\n".utf8).span, digest.bytes.span, lifetime: .transient)
        let bytes = code.withBytes { bytes in (0..<LedgerHash.byteCount).map { bytes[$0] } }
        guard let commitment = LedgerHash(bytes: bytes) else {
            preconditionFailure("HMAC-BLAKE2b gave fewer bytes than it has")
        }
        return commitment
    }
}
