internal import Configuration

/// Where a run's files are: one folder, which an auditor or a person can look through.
package struct RunFolder: Sendable, Equatable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package var study: String { path + "/study.yaml" }
    package var summary: String { path + "/summary.json" }
    package var keys: String { path + "/keys" }
    package var authorizedSites: String { path + "/keys/authorized_sites" }
    package var aggregator: String { path + "/aggregator" }
    package var aggregatorState: String {
        aggregator + "/" + AggregatorConfiguration.Defaults.stateFolder
    }
    /// Where the aggregator's receipts of a private study are.
    package var receipts: String { path + "/" + AggregatorConfiguration.Defaults.receiptsFolder }
    package var aggregatorKey: String { path + "/keys/aggregator.key" }
    package var aggregatorIdentity: String { path + "/keys/aggregator.pub" }

    /// Where the aggregator's status page is, as `host:port`.
    package var operatorAddress: String { aggregator + "/operator_address" }

    package func key(of site: String) -> String { "\(keys)/\(site).key" }

    package func authorizedSite(_ site: String) -> String { "\(authorizedSites)/\(site).pub" }

    package func site(_ site: String) -> String { "\(path)/sites/\(site)" }

    /// What a site of the run may release.
    package func policy(of site: String) -> String { self.site(site) + "/policy.yaml" }

    /// What it has released.
    package func ledger(of site: String) -> String { self.site(site) + "/ledger" }

    /// The random key that names the site's data set in it.
    package func datasetKey(of site: String) -> String { self.site(site) + "/dataset.key" }

    /// The final models that a site holds already.
    package func kept(of site: String) -> String { self.site(site) + "/kept" }

    /// There once the aggregator has released them.
    package func released(of site: String) -> String { kept(of: site) + "/released" }
}
