package import Configuration
internal import Federation
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import Reporting
internal import SecureChannel
internal import SiteStorage
internal import Storage
internal import Studies

/// What an administrator does with a site's ledger, and what the agent needs of it.
package struct SiteLedgerProgram {
    private let configuration: SiteConfiguration
    private let privacy: SitePrivacy

    /// - Throws: `ConfigurationError` for a configuration without privacy.
    package init(_ configuration: SiteConfiguration) throws(ConfigurationError) {
        guard let privacy = configuration.privacy else {
            throw ConfigurationError(
                .missingKey,
                "privacy: this site's configuration has none, so there is no ledger; write privacy with policy and "
                    + "ledger into it")
        }
        self.configuration = configuration
        self.privacy = privacy
    }

    /// Begins the ledger of the site's data set.
    ///
    /// - Returns: A line for people.
    /// - Throws: `StorageError` `alreadyExists` where there is one; as ``SiteLedger/begin(_:site:policy:key:at:)``.
    package func begin() throws -> String {
        try configuration.data.requirePresent()
        let policy = try policy()
        try SiteLedger.begin(
            location, site: SiteName(configuration.site), policy: policy,
            key: try KeyFile.load(at: configuration.key).signingKey,
            at: Timestamp.now().millisecondsSinceEpoch)
        return
            "\(privacy.ledger): a ledger with the ceiling epsilon \(policy.epsilon) at delta \(policy.delta) is begun\n"
    }

    /// Puts what the policy file says now in force, signed in the ledger.
    ///
    /// - Returns: A line for people.
    package func adopt() throws -> String {
        try configuration.data.requirePresent()
        let policy = try policy()
        try SiteLedger.adopt(
            policy, location, site: SiteName(configuration.site),
            key: try KeyFile.load(at: configuration.key).signingKey,
            at: Timestamp.now().millisecondsSinceEpoch)
        return
            "\(privacy.ledger): the ceiling is epsilon \(policy.epsilon) at delta \(policy.delta) from now on\n"
    }

    /// Opens the ledger for a study.
    ///
    /// - Parameter isRecorded: Whether the releases are recorded for an audit: they are then not private.
    func open(plan: StudyPlan, isRecorded: Bool) throws -> SiteLedger {
        try SiteLedger(
            location, plan: plan, site: SiteName(configuration.site), policy: try policy(),
            key: try KeyFile.load(at: configuration.key).signingKey,
            noiseSource: isRecorded ? .recorded : .system,
            at: Timestamp.now().millisecondsSinceEpoch)
    }

    private func policy() throws -> PrivacyPolicy {
        let file = try PrivacyPolicyConfiguration.load(path: privacy.policy)
        do {
            return try file.policy()
        } catch {
            throw ConfigurationError(.outOfRange, "\(privacy.policy): \(error.message)")
        }
    }

    private var location: SiteLedger.Location {
        let files: [(label: String, path: String)] =
            switch configuration.data.layout {
            case .table(let path, _): [("", path)]
            case .files(let files): files.map { ($0.task, $0.path) }
            }
        return SiteLedger.Location(
            ledger: privacy.ledger, datasetKey: privacy.datasetKey, files: files)
    }
}
