internal import Glibc
internal import SecureChannel

extension AuthorizedSites {
    /// Reads a folder; call it about once a second and compare with ``difference(from:)``.
    ///
    /// A key is revoked by removing its file, or its line from a file that stays well-formed. A file that is
    /// there but cannot be read, or is empty, half written or malformed, changes nothing: what `previous` has of
    /// it stands, with a warning, and where that has nothing of it the file admits nobody. A link that leads
    /// nowhere is an absent file.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - previous: The last snapshot. Where two files claim the same name or key, the one that had it then
    ///     keeps it, so that a new file cannot displace a site; where neither had it, both are refused. A
    ///     refused file keeps those of its lines that it had then.
    /// - Throws: ``StorageError/Code/notFound``, ``StorageError/Code/systemCall`` or
    ///   ``StorageError/Code/tooLarge`` when the folder as a whole cannot be read. Nothing is known then;
    ///   whether to go on with `previous` is the caller's decision.
    package static func read(
        folder path: String, previous: AuthorizedSites = .none
    ) throws(StorageError) -> AuthorizedSites {
        var sites: [Site] = []
        var warnings: [Warning] = []
        for fileName in try fileNames(in: path) where !isIgnored(fileName) {
            do {
                let text = try self.text(of: "\(path)/\(fileName)")
                sites.append(
                    Site(fileName: fileName, identities: try identities(in: text, fileName: fileName)))
            } catch let error where error.code == .notFound {
                // Removed since the folder was listed: as if it had been removed before.
            } catch {
                let kept = previous.site(ofFile: fileName)
                if let kept { sites.append(kept) }
                warnings.append(
                    Warning(
                        fileName: fileName,
                        reason: kept == nil
                            ? error.message
                            : "\(error.message); what it held before stays in force: mend the file, or remove the file to revoke"
                    ))
            }
        }
        let (accepted, conflicts) = resolvingConflicts(sites, previous: previous)
        return AuthorizedSites(
            sites: accepted, warnings: (warnings + conflicts).sorted { $0.fileName < $1.fileName })
    }

    private static func isIgnored(_ fileName: String) -> Bool {
        fileName.hasPrefix(".") || fileName == "README" || fileName == "README.md"
    }

    /// Returns the names in a folder, sorted by their bytes.
    private static func fileNames(in path: String) throws(StorageError) -> [String] {
        guard let folder = opendir(path) else { throw FileDescriptor.failure("open the folder", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw FileDescriptor.failure("list", path) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
            guard names.count <= KeyFolderLimits.maximumFileCount + 2 else {
                throw StorageError(
                    .tooLarge,
                    "\(path): more than \(KeyFolderLimits.maximumFileCount) files; this folder holds one a site"
                )
            }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func text(of path: String) throws(StorageError) -> String {
        let file = try FileDescriptor(reading: path)
        guard try file.status().st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.malformed, "not a regular file; move it out of this folder")
        }
        // One byte more than allowed shows a file that is too large.
        let capacity = KeyFolderLimits.maximumPublicFileByteCount + 1
        var bytes = [UInt8](repeating: 0, count: capacity)
        var failure: StorageError?
        var count = 0
        bytes.withUnsafeMutableBufferPointer { buffer in
            do throws(StorageError) {
                count = try file.read(into: buffer)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard count < capacity else {
            throw StorageError(
                .tooLarge,
                "more than \(KeyFolderLimits.maximumPublicFileByteCount) bytes; one or two lines expected")
        }
        guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
            throw StorageError(.malformed, "not UTF-8 text")
        }
        return text
    }

    private static func identities(
        in text: String, fileName: String
    ) throws(StorageError) -> [PublicIdentity] {
        let name = fileName.hasSuffix(".pub") ? String(fileName.dropLast(4)) : fileName
        var identities: [PublicIdentity] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty && !line.hasPrefix("#") {
            let identity: PublicIdentity
            do throws(SecureChannelError) {
                identity = try PublicIdentity(line: String(line))
            } catch {
                throw StorageError(.malformed, "line \(index + 1): \(error.message)")
            }
            guard identity.name == name else {
                throw StorageError(
                    .malformed,
                    "line \(index + 1): the line names \(identity.name); rename the file \(identity.name).pub"
                )
            }
            identities.append(identity)
        }
        guard (1...KeyFolderLimits.maximumKeysPerFile).contains(identities.count) else {
            throw StorageError(
                .malformed,
                "\(identities.count) public lines; a file has one, or two when the second is the next key")
        }
        let keys = identities.flatMap { [$0.channelKey, $0.signingKey] }
        guard Set(keys).count == keys.count else {
            throw StorageError(.malformed, "the same key twice; the second line is for the next key")
        }
        return identities
    }
}
