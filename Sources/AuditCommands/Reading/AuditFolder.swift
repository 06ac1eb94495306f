internal import CommandLineTools
internal import FoundationEssentials
internal import Reporting
internal import SecureChannel
internal import Storage

/// A run's folder as an auditor is given it: `sites/*/*ledger*`, `sites/*/*.rec`, `receipts/*`, `keys/`.
struct AuditFolder {
    /// A file to read, named from the folder on.
    struct File {
        var place: String
        var bytes: [UInt8]
    }

    /// The signing keys of each site, by its name; the second is its next one.
    let siteKeys: [String: [[UInt8]]]
    /// The aggregator's public line.
    let aggregator: PublicIdentity?
    /// The names of the folders in `sites`.
    let sites: [String]
    private let path: String

    /// Reads the keys.
    ///
    /// - Throws: ``CommandError`` `unusableInput` for what is no folder; errors of files that cannot be read.
    init(_ path: String) throws {
        self.path = path
        guard let names = Self.names(path) else {
            throw CommandError(.unusableInput, "\(path): no such folder; give the folder of a run")
        }
        sites = (Self.names(path + "/sites") ?? []).filter { Self.names("\(path)/sites/\($0)") != nil }
        var keys: [String: [[UInt8]]] = [:]
        if names.contains("keys"), Self.names(path + "/keys/authorized_sites") != nil {
            for site in try AuthorizedSites.read(folder: path + "/keys/authorized_sites").sites {
                for identity in site.identities {
                    keys[identity.name, default: []].append(identity.signingKey)
                }
            }
        }
        siteKeys = keys
        let line = path + "/keys/aggregator.pub"
        aggregator =
            FileContents.isReadable(line)
            ? try PublicIdentity(
                line: String(decoding: try FileContents.read(path: line).prefix { $0 != 10 }, as: UTF8.self))
            : nil
    }

    /// The files of a site whose names contain `ledger`, but for models, which have their tasks' names.
    func ledgers(of site: String) throws -> [File] {
        try files("sites/\(site)") { $0.contains("ledger") && !$0.hasSuffix(".npy") }
    }

    /// The recordings of a site: files whose names end with `.rec`.
    func recordings(of site: String) throws -> [File] {
        try files("sites/\(site)") { $0.hasSuffix(".rec") }
    }

    /// The files of receipts.
    func receipts() throws -> [File] { try files("receipts") { !$0.hasPrefix(".") } }

    private func files(_ folder: String, _ isWanted: (String) -> Bool) throws -> [File] {
        try (Self.names("\(path)/\(folder)") ?? []).filter(isWanted).map {
            File(place: "\(folder)/\($0)", bytes: try FileContents.read(path: "\(path)/\(folder)/\($0)"))
        }
    }

    /// The names in a folder, in order; nil where there is no such folder.
    private static func names(_ path: String) -> [String]? {
        (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted()
    }
}
