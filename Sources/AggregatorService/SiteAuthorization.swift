internal import Federation
internal import Logging
package import SecureChannel
internal import Storage
internal import Synchronization

/// Which keys may connect: the folder of authorised sites as it was last listed.
///
/// A key that is removed is shut out with the listing that lacks it; one that is new is let in once that listing is published.
/// Read on event loops at every handshake, so the folder itself is listed elsewhere.
package final class SiteAuthorization: Sendable {
    /// What a new listing changed.
    struct Change: Sendable {
        /// Channel keys that may not connect any more.
        var removedKeys: [[UInt8]] = []
        /// Sites that have no key any more.
        var revokedSites: [SiteName] = []
        /// Sites that had none before.
        var authorizedSites: [SiteName] = []

        /// What was listed; nil where the folder could not be.
        fileprivate var listing: AuthorizedSites?
    }

    private struct Listings {
        /// The newest.
        var listed: AuthorizedSites
        /// The newest that was published.
        var published: AuthorizedSites
    }

    private let folder: String
    private let listings: Mutex<Listings>

    /// Lists `folder`.
    ///
    /// - Throws: ``StorageError`` where it cannot be listed.
    package init(folder: String) throws {
        self.folder = folder
        let listed = try AuthorizedSites.read(folder: folder)
        listings = Mutex(Listings(listed: listed, published: listed))
    }

    /// The site whose key this is; nil where it may not connect.
    package func identity(ofChannelKey key: [UInt8]) -> PublicIdentity? {
        listings.withLock { listings in
            guard let identity = listings.published[channelKey: key],
                identity == listings.listed[channelKey: key]
            else { return nil }
            return identity
        }
    }

    /// The sites that have a key.
    var sites: Set<SiteName> {
        Set(listings.withLock { Self.names(in: $0.published) }.map { SiteName($0) })
    }

    /// What was wrong with single files at the last listing.
    package var warnings: [String] {
        listings.withLock { $0.listed.warnings.map(\.description) }
    }

    /// Lists the folder again, and shuts out the keys that it lacks; ``publish(_:)`` lets new ones in.
    ///
    /// A folder that cannot be listed changes nothing, and is logged.
    func reload(logger: Logger) -> Change {
        do {
            let listed = try AuthorizedSites.read(folder: folder, previous: listings.withLock { $0.listed })
            return listings.withLock { listings -> Change in
                let known = listings.listed
                listings.listed = listed
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

    /// Lets in the keys of a listing, unless a newer one lacks them; call it in the order of the listings.
    func publish(_ change: Change) {
        guard let listing = change.listing else { return }
        listings.withLock { $0.published = listing }
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
