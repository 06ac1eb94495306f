internal import PrivacyLedger
internal import Reporting

/// What one site's ledger has charged, as its summary says.
struct SiteSpending {
    let site: String
    let epsilon: Double
    let ceiling: Double
    let delta: Double
    let releaseCount: Int
    let isPrivate: Bool

    /// nil where the summary is of a study without privacy.
    init?(site: String, _ summary: JSONValue) {
        guard let privacy = summary["privacy"], let ceiling = privacy["epsilon_ceiling"]?.doubleValue,
            let delta = privacy["delta"]?.doubleValue, let count = privacy["releases"]?.integerValue
        else { return nil }
        self.site = site
        self.ceiling = ceiling
        self.delta = delta
        releaseCount = count
        // JSON has no infinity.
        epsilon = privacy["epsilon"]?.doubleValue ?? .infinity
        isPrivate = privacy["is_private"] == true
    }

    /// Reads a site's ledger, which no process has open; nil where it is not there, or no ledger.
    init?(site: String, ledger path: String) {
        var replay = LedgerReplay(check: .newest)
        guard let bytes = try? FileContents.read(path: path), (try? replay.read(bytes)) != nil,
            let account = replay.state?.account
        else { return nil }
        self.site = site
        epsilon = account.odometer
        ceiling = account.policy.epsilon
        delta = account.policy.delta
        releaseCount = account.releaseCount
        isPrivate = account.notPrivateCount == 0 && account.odometer.isFinite
    }

    var text: String {
        "\(site): epsilon \(NumberText.significant(epsilon, digits: 4)) of \(ceiling) at delta \(delta), \(releaseCount) "
            + "releases" + (isPrivate ? "" : ", NOT PRIVATE")
    }

    var json: JSONValue {
        [
            "site": JSONValue(site), "epsilon": JSONValue(epsilon), "epsilon_ceiling": JSONValue(ceiling),
            "delta": JSONValue(delta), "releases": JSONValue(releaseCount),
            "is_private": JSONValue(isPrivate),
        ]
    }
}
