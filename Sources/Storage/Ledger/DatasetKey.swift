internal import Glibc
internal import PrivacyLedger
package import Sodium

/// The file of the random key that a data set's name in its ledger is made with: 32 bytes, mode 0600.
///
/// Who has it can test guesses at the records against the ledger: it stays at the site.
package enum DatasetKey {
    /// Makes a key file where there is none, and returns the key once it is on the disk.
    ///
    /// - Throws: ``StorageError`` as ``load(at:)``, and `noSpace`.
    package static func loadOrMake(at path: String) throws -> SecretBytes {
        if access(path, F_OK) == 0 { return try load(at: path) }
        let key = SecretBytes.random(count: DatasetCommitment.keyByteCount)
        try SecretFile.make(at: path, holding: key)
        return key
    }

    /// Reads the key back.
    ///
    /// - Throws: ``StorageError`` `notFound`, `insecurePermissions`, `malformed`, `systemCall`.
    package static func load(at path: String) throws -> SecretBytes {
        let file = try FileDescriptor(reading: path)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size == off_t(DatasetCommitment.keyByteCount)
        else {
            throw StorageError(
                .malformed,
                "\(path): the key of a data set is a file of \(DatasetCommitment.keyByteCount) bytes")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw StorageError(
                .insecurePermissions,
                "\(path): mode \(String(status.st_mode & 0o777, radix: 8)) lets others than the owner read it; run: "
                    + "chmod 600 \(path)")
        }
        return try SecretBytes(count: DatasetCommitment.keyByteCount) { span in
            try span.withUnsafeMutableBufferPointer { buffer in
                guard try file.read(into: buffer) == buffer.count else {
                    throw StorageError(.malformed, "\(path): the file became shorter while it was read")
                }
            }
        }
    }
}
