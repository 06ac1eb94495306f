/// What several runs on the same records have in common: identities, ledgers and receipts, so that everything released is
/// charged in one place and audited there.
package struct SharedAccounts: Sendable {
    /// Where keys, policies, ledgers and receipts are; each run's results and states are in its own folder.
    package let folder: RunFolder
    /// The runs that a site's ceiling is to hold, where the study does not say what it is.
    package let runCount: Int

    package init(folder: RunFolder, runCount: Int) {
        self.folder = folder
        self.runCount = runCount
    }
}
