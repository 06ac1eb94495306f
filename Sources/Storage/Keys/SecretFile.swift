internal import Glibc
internal import Sodium

/// Files that hold a secret: their owner alone may read them.
enum SecretFile {
    /// Makes a file, and returns once it is on the disk under its name.
    ///
    /// - Throws: ``StorageError`` `alreadyExists` where there is one, which stays as it is; `notFound`, `noSpace`,
    ///   `systemCall`.
    static func make(at path: String, holding secret: borrowing SecretBytes) throws {
        let file = try FileDescriptor(creating: path)
        do {
            try secret.withBytes { bytes in
                try bytes.withUnsafeBufferPointer { buffer in try file.write(buffer) }
            }
            try file.synchronize()
        } catch {
            // Half a file would stand in the way of the next attempt, and this one is ours.
            unlink(path)
            throw error
        }
        try FileDescriptor.synchronizeFolder(of: path)
    }
}
