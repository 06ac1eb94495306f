package import SecureChannel

/// Who may connect: the public lines of a folder such as `keys/authorized_sites`, as they were at one moment.
///
/// Each file is one site: `<name>.pub` (or just `<name>`) with its public line, and optionally a second
/// line with its next key. Blank lines, and lines that begin with `#`, are comments. Files whose name begins
/// with a dot or with `README` are left alone. The name in each line is the file's. A file that is not so
/// is refused as a whole, with a warning: it admits nobody new, what it held in the snapshot before stays in
/// force, and the others stand.
package struct AuthorizedSites: Sendable, Equatable {
    /// One file that was accepted, or what stands of it from the snapshot before.
    package struct Site: Sendable, Equatable {
        /// The name of the file within the folder.
        package let fileName: String
        /// The present key and, where there is a second line, the next.
        package let identities: [PublicIdentity]
    }

    /// One file that was refused, and why.
    package struct Warning: Sendable, Equatable, CustomStringConvertible {
        /// The name of the file within the folder.
        package let fileName: String
        /// What is wrong and what to do.
        package let reason: String

        /// The file and the reason.
        package var description: String { "\(fileName): \(reason)" }
    }

    /// The keys that came and went between two snapshots, by name and then by key.
    package struct Difference: Sendable, Equatable {
        /// No longer authorised: their sessions must end.
        package let removed: [PublicIdentity]
        /// Authorised from now on.
        package let added: [PublicIdentity]

        /// Whether nothing came or went.
        package var isEmpty: Bool { removed.isEmpty && added.isEmpty }
    }

    /// The files whose keys are in force, by file name.
    package let sites: [Site]
    /// The refused files, by file name; log each when it is new.
    package let warnings: [Warning]
    private let identities: [[UInt8]: PublicIdentity]

    /// A snapshot that authorises nobody.
    package static let none = AuthorizedSites(sites: [], warnings: [])

    init(sites: [Site], warnings: [Warning]) {
        self.sites = sites
        self.warnings = warnings
        identities = Dictionary(
            sites.flatMap(\.identities).map { ($0.channelKey, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The site that owns a channel key; nil when the key is not authorised.
    package subscript(channelKey channelKey: [UInt8]) -> PublicIdentity? {
        identities[channelKey]
    }

    /// Returns what is in force of a file.
    func site(ofFile fileName: String) -> Site? { sites.first { $0.fileName == fileName } }

    /// Returns what changed since `previous`.
    ///
    /// A key whose name or signing key changed is both removed and added.
    package func difference(from previous: AuthorizedSites) -> Difference {
        Difference(
            removed: AuthorizedSites.sorted(previous.identities.values.filter { !contains($0) }),
            added: AuthorizedSites.sorted(identities.values.filter { !previous.contains($0) }))
    }

    private func contains(_ identity: PublicIdentity) -> Bool {
        identities[identity.channelKey] == identity
    }

    private static func sorted(_ identities: [PublicIdentity]) -> [PublicIdentity] {
        identities.sorted { ($0.name, $0.line) < ($1.name, $1.line) }
    }
}
