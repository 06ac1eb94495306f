internal import ArgumentParser
internal import AuditCommands
internal import PrivacyLedger
internal import Reporting
internal import TestSupport
internal import Testing

@Suite("atoll-audit statement")
struct StatementTests {
    private func statement(
        _ fixture: RunFixture, _ arguments: [String] = []
    ) throws -> (text: String, status: Int32) {
        let command = try StatementCommand.parse([fixture.folder.path] + arguments)
        return RunFixture.run { try command.run($0) }
    }

    /// Returns a text with numbers to nine decimals, as their last digits are the machine's, and without alignment.
    private static func normalized(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: " ").map { word in
                if word.allSatisfy({ $0 == "-" }) { return "-" }
                guard word.count > 12, let value = Double(word) else { return String(word) }
                return "\((value * 1e9).rounded() / 1e9)"
            }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    @Test("the whole statement of an honest run")
    func whole() throws {
        let (text, status) = try statement(RunFixture(releases: 2))
        #expect(status == 0)
        #expect(Self.normalized(text) == Self.expected)
    }

    @Test("releases with noise of a seed are claimed for nothing")
    func seeded() throws {
        let (text, status) = try statement(RunFixture(seeded: true))
        #expect(status == 0)
        #expect(text.contains("claim             none"))
        #expect(text.contains("3 releases have noise of a seed and are not private"))
    }

    @Test("a faulty ledger is claimed for nothing, and the status is verify's")
    func faulty() throws {
        let (text, status) = try statement(RunFixture(uncharged: [200]))
        #expect(status == 15)
        #expect(text.contains("claim             none"))
    }

    @Test("completeness is met only where every charged run has receipts")
    func runWithoutReceipts() throws {
        let complete = "- every release that the aggregator opened is charged here\n"
        #expect(try statement(RunFixture()).text.contains(complete))
        let (text, status) = try statement(RunFixture(run: "run-0", withoutReceipt: [0, 1, 2]))
        #expect(status == 20)
        #expect(!text.contains(complete))
        let missing = "- 3 releases are charged in 1 runs whose receipts are not here, as run-0"
        let rest = text.split(separator: "Not checkable from these files\n").last
        #expect(rest?.contains(missing) == true)
    }

    @Test("the JSON holds the claim, the accountants agree within their bounds, and epsilon grows over time")
    func json() throws {
        let (text, _) = try statement(RunFixture(releases: 5), ["--json"])
        let json = try JSONValue(parsing: Array(text.utf8))
        let statement = try #require(json["statements"]?.elements?.first)
        #expect(statement["claim"]?["epsilon"]?.doubleValue == 4)
        let rows = try #require(statement["epsilon"]?.elements)
        #expect(rows.compactMap { $0["delta"]?.doubleValue } == [1e-5, 1e-6, 1e-8])
        for row in rows {
            let exact = try #require(row["exact"]?.doubleValue)
            let lower = try #require(row["pld_lower"]?.doubleValue)
            #expect(lower <= exact)
            for name in ["rdp", "pld_upper", "basic"] {
                #expect(try #require(row[name]?.doubleValue) >= exact * (1 - 1e-9), "\(name)")
            }
        }
        let moments = try #require(statement["over_time"]?.elements).compactMap { $0["epsilon"]?.doubleValue }
        #expect(moments.count == 5)
        #expect(moments == moments.sorted())
    }

    /// The first statement in JSON.
    private func first(_ fixture: RunFixture) throws -> JSONValue {
        let json = try JSONValue(parsing: Array(try statement(fixture, ["--json"]).text.utf8))
        return try #require(json["statements"]?.elements?.first)
    }

    @Test(
        "near the ceiling a lost release is claimed as what was left, and the table, which is above, says why"
    )
    func lostNearCeiling() throws {
        let statement = try first(RunFixture(epsilon: 0.75, releases: 2, tornByteCount: 40))
        #expect(statement["claim"]?["epsilon"]?.doubleValue == 0.75)
        let row = try #require(statement["epsilon"]?.elements?.first)
        #expect(try #require(row["epsilon"]?.doubleValue) > 0.75)
        let assumptions = try #require(statement["assumptions"])
        #expect(assumptions["not_met"]?.elements?.isEmpty == true)
        let lines = assumptions["not_checkable"]?.elements?.compactMap(\.stringValue) ?? []
        #expect(
            lines.contains {
                $0.hasPrefix("1 lost releases") && $0.hasSuffix("epsilon there may be above the claim")
            }, "\(lines)")
    }

    @Test("a ceiling that was lowered below what was charged is claimed for nothing, and its entry named")
    func lowered() throws {
        let statement = try first(RunFixture(releases: 6, lastEpsilon: 0.75))
        #expect(statement["claim"] == .null)
        let line = statement["assumptions"]?["not_met"]?.elements?.first?.stringValue
        #expect(line?.contains("entry 8 made it one that does not hold what was charged before") == true)
        #expect(try first(RunFixture(releases: 3, lastEpsilon: 0.75))["claim"]?["epsilon"] == 0.75)
    }

    @Test("several ledgers of a site add up, for whoever is in all of their data sets")
    func composition() throws {
        let fixture = try RunFixture()
        let alone = try JSONValue(parsing: Array(try statement(fixture, ["--json"]).text.utf8))
        #expect(alone["compositions"]?.elements?.isEmpty == true)
        let other = try RunFixture(epsilon: 1.5, dataset: LedgerHash(ofRelease: [2]), releases: 0).ledger
        try fixture.folder.write(other, to: "sites/north/ledger.other")
        let (text, status) = try statement(fixture)
        #expect(status == 0)
        #expect(
            text.contains("claim    (5.5, 2e-05)-differential privacy, by basic composition\n"), "\(text)")
        let json = try JSONValue(parsing: Array(try statement(fixture, ["--json"]).text.utf8))
        let sum = try #require(json["compositions"]?.elements?.first)
        #expect(sum["site"] == "north" && sum["ledgers"]?.elements?.count == 2)
        #expect(sum["claim"]?["epsilon"] == 5.5 && sum["claim"]?["delta"] == 2e-5)
        let seeded = try RunFixture(seeded: true)
        try seeded.folder.write(other, to: "sites/north/ledger.other")
        let none = try JSONValue(parsing: Array(try statement(seeded, ["--json"]).text.utf8))
        #expect(none["compositions"]?.elements?.first?["claim"] == .null)
        #expect(
            none["compositions"]?.elements?.first?["reason"] == "a ledger among them claims nothing")
    }

    @Test("a delta out of range is refused")
    func delta() {
        #expect(throws: (any Error).self) { try StatementCommand.parse(["x", "--delta", "1"]) }
    }

    private static let expected = """
        site north
        ledger sites/north/ledger
        claim (4.0, 1e-05)-differential privacy, a ceiling that no release may pass
        unit one record at the site
        relation replace-one
        protected every release that the site charged to this ledger, and whatever is computed from them: models, other sites' columns, later releases
        trust the aggregator and all other sites may be curious and collude; the site's own machine is trusted
        mechanism Gaussian noise on sums of clipped vectors
        noise multiplier 20.0
        sampling all records in every release
        releases 2 of 1 tasks in 1 runs, and 0 lost ones, each charged as the policy's largest or what was left
        period 2025-11-29T08:00:00.000Z to 2025-11-29T08:01:00.000Z by the site's clock
        spent epsilon 0.496975364 at delta 1e-05, an odometer, no claim

        Epsilon of everything charged, for parameters fixed beforehand
        delta exact rdp pld at least pld at most basic
        - - - - - -
        1e-05 0.496975364 0.54581321 0.496975364 0.496975364 0.716671969
        1e-06 0.575055186 0.621697185 0.575055186 0.575055186 0.825039356
        1e-08 0.709017684 0.752369753 0.709017684 0.709017684 1.01182742

        Epsilon over time, at delta 1e-05
        releases time epsilon
        - - -
        1 2025-11-29T08:00:00.000Z 0.340669365
        2 2025-11-29T08:01:00.000Z 0.496975364

        Met
        - every record is signed, in order, and allowed by the policy before it
        - every release that the aggregator opened is charged here
        - the site says of every release that its noise came from the system's generator
        - everything charged is within the ceiling, by a filter that holds for adaptive releases
        - the ceiling was fixed before the first release

        Not checkable from these files
        - vectors were clipped, and noise drawn, as the entries say
        - no data left the site by another channel, as metrics, models or tuning runs
        - the same people's data are in no other ledger: where they are, the ledgers add up

        An attack can refute this claim; that none was found never proves it.

        """
}
