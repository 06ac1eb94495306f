internal import Federation
internal import Logging
package import SecureChannel
internal import Storage
internal import Synchronization

/// Which keys may connect: the folder of authorised sites as it was last listed.
///
/// Read on event loops at every handshake, so the folder itself is listed elsewhere.
package final class SiteAuthorization: Sendable {
    /// What a new listing changed.
    struct Change {
        /// Channel keys that may not connect any more.
        var removedKeys: [[UInt8]] = []
        /// Sites that have no key any more.
        var revokedSites: [SiteName] = []
        /// Sites that had none before.
        var authorizedSites: [SiteName] = []

        /// What was listed; nil where the folder could not be.
        fileprivate var listing: AuthorizedSites?

        var isEmpty: Bool { removedKeys.isEmpty && revokedSites.isEmpty && authorizedSites.isEmpty }
    }

    private let folder: String
    private let current: Mutex<AuthorizedSites>

    /// Lists `folder`.
    ///
    /// - Throws: ``StorageError`` where it cannot be listed.
    package init(folder: String) throws {
        self.folder = folder
        current = Mutex(try AuthorizedSites.read(folder: folder))
    }

    /// The site whose key this is; nil where it may not connect.
    package func identity(ofChannelKey key: [UInt8]) -> PublicIdentity? {
        current.withLock { $0[channelKey: key] }
    }

    /// The sites that have a key.
    var sites: Set<SiteName> {
        Set(current.withLock { Self.names(in: $0) }.map { SiteName($0) })
    }

    /// What was wrong with single files at the last listing.
    package var warnings: [String] {
        current.withLock { $0.warnings.map(\.description) }
    }

    /// Lists the folder again; ``publish(_:)`` makes the listing count.
    ///
    /// A folder that cannot be listed changes nothing, and is logged.
    func reload(logger: Logger) -> Change {
        do {
            let listed = try AuthorizedSites.read(folder: folder, previous: current.withLock { $0 })
            return current.withLock { known -> Change in
                var change = Self.change(from: known, to: listed)
                change.listing = listed
                if listed.warnings != known.warnings {
                    for warning in listed.warnings {
                        logger.warning(
                            "an authorised site's file is not usable", metadata: ["reason": "\(warning)"])
                    }
                }
                return change
            }
        } catch {
            logger.error(
                "the folder of authorised sites cannot be listed; the last listing stands",
                metadata: ["folder": "\(folder)", "reason": "\(error)"])
            return Change()
        }
    }

    /// Makes a listing the one that handshakes are judged by.
    func publish(_ change: Change) {
        guard let listing = change.listing else { return }
        current.withLock { $0 = listing }
    }

    private static func change(from old: AuthorizedSites, to new: AuthorizedSites) -> Change {
        let difference = new.difference(from: old)
        let oldNames = names(in: old)
        let newNames = names(in: new)
        return Change(
            removedKeys: difference.removed.map(\.channelKey),
            revokedSites: oldNames.subtracting(newNames).sorted().map { SiteName($0) },
            authorizedSites: newNames.subtracting(oldNames).sorted().map { SiteName($0) })
    }

    private static func names(in sites: AuthorizedSites) -> Set<String> {
        Set(sites.sites.flatMap(\.identities).map(\.name))
    }
}
