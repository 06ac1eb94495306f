internal import Federation
internal import FoundationEssentials
internal import InMemoryLogging
internal import Logging
internal import SecureChannel
internal import TestSupport
internal import Testing

@testable internal import AggregatorService

@Suite("Keys are shut out by a listing, and let in once it is published")
struct SiteAuthorizationTests {
    private let east: Party
    private let north: Party
    private let keys: TemporaryFolder
    private let authorization: SiteAuthorization
    private let logger = Logger(label: "test") { _ in InMemoryLogHandler() }

    /// A folder that was listed with one site in it.
    private init() throws {
        east = try Party("east")
        north = try Party("north")
        keys = try TemporaryFolder()
        try keys.write(east.identity.line + "\n", to: "east.pub")
        authorization = try SiteAuthorization(folder: keys.path)
    }

    private func isLetIn(_ party: Party) -> Bool {
        authorization.identity(ofChannelKey: party.identity.channelKey) == party.identity
    }

    @Test("a site that takes another's place is not let in by the listing that shuts that one out")
    func replacement() throws {
        #expect(isLetIn(east) && !isLetIn(north))
        try keys.remove("east.pub")
        try keys.write(north.identity.line + "\n", to: "north.pub")
        let change = authorization.reload(logger: logger)
        #expect(!isLetIn(east) && !isLetIn(north))
        #expect(change.removedKeys == [east.identity.channelKey])
        #expect(change.revokedSites == [SiteName("east")] && change.authorizedSites == [SiteName("north")])
        authorization.publish(change)
        #expect(!isLetIn(east) && isLetIn(north))
    }

    @Test("a key that a newer listing lacks is not let in by an older one that is published late")
    func latePublication() throws {
        try keys.write(north.identity.line + "\n", to: "north.pub")
        let first = authorization.reload(logger: logger)
        try keys.remove("north.pub")
        let second = authorization.reload(logger: logger)
        #expect(first.authorizedSites == [SiteName("north")] && second.revokedSites == [SiteName("north")])
        authorization.publish(first)
        #expect(!isLetIn(north) && isLetIn(east))
        authorization.publish(second)
        #expect(!isLetIn(north) && isLetIn(east))
    }

    @Test("a key that is gone and back before anything was published is let in with its listing")
    func keyComesBack() throws {
        try keys.remove("east.pub")
        let first = authorization.reload(logger: logger)
        try keys.write(east.identity.line + "\n", to: "east.pub")
        let second = authorization.reload(logger: logger)
        #expect(first.revokedSites == [SiteName("east")] && second.authorizedSites == [SiteName("east")])
        authorization.publish(first)
        #expect(!isLetIn(east))
        authorization.publish(second)
        #expect(isLetIn(east))
    }

    @Test("a folder that cannot be listed changes nothing, and is logged")
    func unreadableFolder() throws {
        let log = InMemoryLogHandler()
        try FileManager.default.removeItem(atPath: keys.path)
        let change = authorization.reload(logger: Logger(label: "test") { _ in log })
        authorization.publish(change)
        #expect(isLetIn(east))
        #expect(log.entries.map(\.level) == [.error])
    }
}
