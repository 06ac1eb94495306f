package import ArgumentParser

/// What `verify` and `statement` read.
package struct AuditedFolder: ParsableArguments {
    @Argument(help: ArgumentHelp("A run's folder: sites/*/*ledger*, receipts/, keys/.", valueName: "dir"))
    package var path: String

    @Option(
        name: .customLong("site"),
        help: ArgumentHelp(
            "A site to audit alone, whatever the folder lacks of others; may be repeated.", valueName: "name")
    )
    package var sites: [String] = []

    package init() {}

    /// Checks the folder.
    ///
    /// - Throws: As ``Audit/init(folder:sites:)``.
    func audit() throws -> Audit { try Audit(folder: path, sites: sites) }
}
