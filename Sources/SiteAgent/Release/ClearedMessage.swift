internal import Federation
internal import PrivacyLedger

/// A message that may leave the site.
///
/// An update becomes one in two ways alone: by the ledger's entry that charges its very bytes, or by the word of a study
/// that is not private. Nothing else can be handed to the connection.
struct ClearedMessage: Sendable {
    let message: SiteMessage

    private init(_ message: SiteMessage) { self.message = message }

    /// Clears an update whose release bytes were charged.
    init(_ update: Update, charged release: ChargedRelease) {
        var update = update
        // What was charged is what leaves, whatever the update says.
        update.release = release.bytes
        // A private study has no losses in its messages.
        update.loss = nil
        self.init(.update(update))
    }

    /// Clears any message of a study that is not private.
    init(_ message: SiteMessage, of _: UnprotectedStudy) { self.init(message) }

    /// Clears a message that releases nothing; nil for an update.
    init?(withoutRelease message: SiteMessage) {
        switch message {
        case .update: return nil
        case .join, .read, .fetched, .abandoned, .spent, .ledgerHead: self.init(message)
        }
    }
}

/// The word of a plan that its updates are not private.
struct UnprotectedStudy: Sendable {
    /// nil for a private study.
    init?(_ plan: StudyPlan) {
        if plan.isPrivate { return nil }
    }
}
