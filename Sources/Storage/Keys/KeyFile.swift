internal import Glibc
package import SecureChannel
internal import Sodium

/// The file that holds the seed of one identity.
///
/// It is one line, `atoll1-secret <seed>`, with the 32 bytes of the seed in unpadded base64url and a line
/// feed at the end: 58 bytes. Its mode is 0600. The seed is never in unprotected memory.
package enum KeyFile {
    private static let prefix = Array("atoll1-secret ".utf8)
    private static let seedCharacterCount = Base64URL.characterCount(ofByteCount: Identity.seedByteCount)
    private static let byteCount = prefix.count + seedCharacterCount + 1

    /// Makes a new identity, writes its seed to a new file and returns it once the file is on the disk.
    ///
    /// - Throws: ``StorageError/Code/alreadyExists`` when there is a file at `path`, which stays as it is;
    ///   ``StorageError/Code/notFound``, ``StorageError/Code/systemCall``.
    package static func generate(at path: String) throws -> Identity {
        let seed = SecretBytes.random(count: Identity.seedByteCount)
        let identity = try Identity(seed: seed)
        do {
            try SecretFile.make(at: path, holding: text(of: seed))
        } catch let error as StorageError where error.code == .alreadyExists {
            throw StorageError(
                .alreadyExists,
                "\(path): there is a file already, and a key is never overwritten; choose another name or move it"
            )
        }
        return identity
    }

    /// Reads the identity back.
    ///
    /// - Parameter credentials: The folder in which a service manager gives the process its credentials: the
    ///   environment's `CREDENTIALS_DIRECTORY` when nil. A file there may show a right to read of its group, because
    ///   systemd lets the service's user read it by an access control list, whose mask stands in these bits.
    /// - Throws: ``StorageError/Code/insecurePermissions`` when group or others have any access,
    ///   ``StorageError/Code/malformed``, ``StorageError/Code/notFound``, ``StorageError/Code/systemCall``.
    package static func load(at path: String, credentials: String? = nil) throws -> Identity {
        let file = try FileDescriptor(reading: path)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.malformed, "\(path): a key file is a regular file")
        }
        let credentials = credentials ?? getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }
        let isCredential =
            credentials.map { isInside(path, folder: $0) } ?? false
            && (status.st_uid == 0 || status.st_uid == geteuid())
        guard status.st_mode & (isCredential ? 0o037 : 0o077) == 0 else {
            throw StorageError(
                .insecurePermissions,
                "\(path): mode \(String(status.st_mode & 0o777, radix: 8)) lets others than the owner use the "
                    + "key; run: chmod 600 \(path)")
        }
        guard status.st_size == off_t(byteCount) else {
            throw StorageError(
                .malformed, "\(path): a key file has \(byteCount) bytes, got \(status.st_size)")
        }
        let text = try SecretBytes(count: byteCount) { span in
            try span.withUnsafeMutableBufferPointer { buffer in
                guard try file.read(into: buffer) == byteCount else {
                    throw StorageError(.malformed, "\(path): the file became shorter while it was read")
                }
            }
        }
        return try Identity(seed: seed(in: text, path: path))
    }

    /// Whether `path`, without a step upwards and with its links followed, is in `folder`.
    private static func isInside(_ path: String, folder: String) -> Bool {
        guard !folder.isEmpty, path.hasPrefix(folder + "/"), !path.split(separator: "/").contains(".."),
            let canonicalPath = canonical(path), let canonicalFolder = canonical(folder)
        else { return false }
        return canonicalPath.hasPrefix(canonicalFolder + "/")
    }

    private static func canonical(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func text(of seed: borrowing SecretBytes) -> SecretBytes {
        let characters = Base64URL.encode(seed)
        return SecretBytes(count: byteCount) { span in
            for index in prefix.indices { span[index] = prefix[index] }
            characters.withBytes { bytes in
                for index in bytes.indices { span[prefix.count + index] = bytes[index] }
            }
            span[byteCount - 1] = UInt8(ascii: "\n")
        }
    }

    private static func seed(in text: borrowing SecretBytes, path: String) throws -> SecretBytes {
        let isFramed = text.withBytes { bytes in
            bytes[byteCount - 1] == UInt8(ascii: "\n")
                && prefix.indices.allSatisfy { bytes[$0] == prefix[$0] }
        }
        guard isFramed else {
            throw StorageError(
                .malformed, "\(path): not a key file, which is one line that begins with atoll1-secret")
        }
        do {
            return try Base64URL.decode(
                text, range: prefix.count..<prefix.count + seedCharacterCount,
                byteCount: Identity.seedByteCount)
        } catch {
            throw StorageError(
                .malformed, "\(path): the seed is not \(Identity.seedByteCount) bytes of base64url")
        }
    }
}
