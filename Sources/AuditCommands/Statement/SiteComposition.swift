internal import CommandLineTools
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import Reporting

/// What all ledgers of a site claim together of whoever is in each of their data sets: epsilons and deltas add up.
struct SiteComposition {
    private let site: String
    private let ledgers: [String]
    private let unit: String?
    private let sum: Result<(epsilon: Double, delta: Double), Missing>

    /// Why there is no sum.
    private struct Missing: Error {
        var reason: String
    }

    /// Adds up the claims of each site with several ledgers.
    static func all(of statements: [LedgerStatement]) -> [SiteComposition] {
        Dictionary(grouping: statements, by: \.site).values.filter { $0.count > 1 }.map(SiteComposition.init)
            .sorted { $0.site < $1.site }
    }

    private init(_ statements: [LedgerStatement]) {
        site = statements[0].site
        ledgers = statements.map(\.place)
        let policies = statements.compactMap(\.claimed)
        if policies.count < statements.count {
            sum = .failure(Missing(reason: "a ledger among them claims nothing"))
        } else if Set(policies.map(\.unit)).count > 1 || Set(policies.map(\.relation)).count > 1 {
            sum = .failure(Missing(reason: "they hide different units, or under different relations"))
        } else {
            sum = .success((Self.sum(policies.map(\.epsilon)), Self.sum(policies.map(\.delta))))
            unit = policies.first?.unit.name
            return
        }
        unit = nil
    }

    /// Returns a sum that is rounded up, where it is rounded.
    private static func sum(_ terms: [Double]) -> Double {
        terms.reduce(0) { total, term in
            let sum = total + term
            let part = sum - total
            let error = (total - (sum - part)) + (term - part)
            return error > 0 ? sum.nextUp : sum
        }
    }

    private var claim: String {
        switch sum {
        case .success(let sum): "(\(sum.epsilon), \(sum.delta))-differential privacy, by basic composition"
        case .failure(let missing): "none: \(missing.reason)"
        }
    }

    var text: String {
        var lines = LabelledLines()
        lines.append("site", site)
        lines.append("ledgers", ledgers.joined(separator: ", "))
        lines.append("claim", claim)
        lines.append("unit", unit)
        return "\nAll ledgers of site \(site) together, of a unit that is in all of their data sets\n"
            + lines.text
    }

    var json: JSONValue {
        var reason: String?
        var claim = JSONValue.null
        switch sum {
        case .success(let sum): claim = ["epsilon": .number(sum.epsilon), "delta": .number(sum.delta)]
        case .failure(let missing): reason = missing.reason
        }
        return [
            "site": JSONValue(site), "ledgers": JSONValue(ledgers), "unit": JSONValue(unit), "claim": claim,
            "reason": JSONValue(reason),
        ]
    }
}
