package import Reporting
package import SecureChannel
internal import Storage

/// The identities of key files, of public files, or of one public line.
package struct KnownIdentities: CommandResult, Sendable, Equatable {
    /// In the order of the arguments, and within a file of its lines.
    package let identities: [PublicIdentity]

    /// Reads identities.
    ///
    /// - Parameter arguments: Paths, or one public line in one or several parts.
    /// - Throws: ``CommandError`` `unusableInput`, `StorageError`, `ReportingError`, `SecureChannelError`.
    package init(arguments: [String]) throws {
        let whole = arguments.joined(separator: " ")
        if whole.hasPrefix("atoll1 ") {
            identities = [try PublicIdentity(line: whole)]
        } else {
            identities = try arguments.flatMap(Self.identities(ofFile:))
        }
    }

    private static func identities(ofFile path: String) throws -> [PublicIdentity] {
        let fileName = path.split(separator: "/").last.map { String($0) } ?? path
        guard !fileName.hasSuffix(".key") else {
            let name = String(fileName.dropLast(4))
            return [
                try KeyFile.load(at: path)
                    .publicIdentity(name: PublicIdentity.isValidName(name) ? name : "unnamed")
            ]
        }
        let bytes = try FileContents.read(path: path, limit: KeyFolderLimits.maximumPublicFileByteCount)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(.unusableInput, "\(path): not text; a public file holds lines `atoll1 …`")
        }
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        guard !lines.isEmpty else {
            throw CommandError(.unusableInput, "\(path): no public line `atoll1 …` in it")
        }
        guard !lines.contains(where: { $0.hasPrefix("atoll1-secret") }) else {
            throw CommandError(
                .unusableInput,
                "\(path): this is a key file; its name must end in .key, and nobody else may see it")
        }
        return try lines.map { line in
            do {
                return try PublicIdentity(line: String(line))
            } catch let error as SecureChannelError {
                throw CommandError(.unusableInput, "\(path): \(error.message)")
            }
        }
    }

    package var text: String {
        identities.map { "\($0.fingerprint)  \($0.name)\n" }.joined()
    }

    package var json: JSONValue {
        let entries = identities.map { identity -> JSONValue in
            [
                "name": JSONValue(identity.name), "fingerprint": JSONValue(identity.fingerprint),
                "public_line": JSONValue(identity.line),
            ]
        }
        return ["identities": .array(entries)]
    }
}
