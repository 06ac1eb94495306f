internal import FoundationEssentials
package import Reporting
package import SecureChannel
internal import Storage

/// An identity just made: two files and what to do with them.
package struct NewIdentity: CommandResult, Sendable, Equatable {
    /// What the other side is given.
    package let identity: PublicIdentity
    /// The file of the secret seed, mode 0600.
    package let keyPath: String
    /// The file of the public line.
    package let publicPath: String

    /// Makes an identity and its two files.
    ///
    /// - Parameter folder: Made, with mode 0700, when absent.
    /// - Throws: ``CommandError`` `unusableInput` for a name that breaks the rule, `StorageError`
    ///   `alreadyExists`, and what the file system refuses.
    package init(name: String, folder: String) throws {
        guard PublicIdentity.isValidName(name) else {
            throw CommandError(
                .unusableInput,
                "the name \(name.prefix(80).debugDescription) cannot be used; allowed: 1 to "
                    + "\(SecureChannelLimits.maximumNameByteCount) of A-Z a-z 0-9 . _ - and no dot at the beginning"
            )
        }
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let keyPath = "\(base)/\(name).key"
        let publicPath = "\(base)/\(name).pub"
        if !FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        // The public file of a key that is gone may still be in use elsewhere: it is not replaced either.
        guard !FileManager.default.fileExists(atPath: publicPath) else {
            throw StorageError(
                .alreadyExists,
                "\(publicPath): there is a file already, and it is never overwritten; choose another name or move it"
            )
        }
        identity = try KeyFile.generate(at: keyPath).publicIdentity(name: name)
        try AtomicFile.write(Array("\(identity.line)\n".utf8), to: publicPath)
        self.keyPath = keyPath
        self.publicPath = publicPath
    }

    package var text: String {
        """
        \(identity.line)
        fingerprint  \(identity.fingerprint)
        key file     \(keyPath)  (secret: stays here, mode 0600)
        public line  \(publicPath)
        A site gives its public line to the aggregator's operator, for the folder keys/authorized_sites there;
        an aggregator gives its own to every site, for the site's configuration. Compare fingerprints by \
        telephone.

        """
    }

    package var json: JSONValue {
        [
            "name": JSONValue(identity.name), "public_line": JSONValue(identity.line),
            "fingerprint": JSONValue(identity.fingerprint), "key_file": JSONValue(keyPath),
            "public_file": JSONValue(publicPath),
        ]
    }
}
