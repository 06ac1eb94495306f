internal import Reporting
internal import SiteStorage

extension SiteLedger.Spending {
    /// What a site's summary says of its ledger: everything that was ever charged to it, earlier studies included.
    var json: JSONValue {
        [
            "epsilon": JSONValue(epsilon), "epsilon_ceiling": JSONValue(epsilonMaximum),
            "delta": JSONValue(delta), "releases": JSONValue(releaseCount),
            "is_private": JSONValue(unprotectedCount == 0 && epsilon.isFinite),
        ]
    }
}
