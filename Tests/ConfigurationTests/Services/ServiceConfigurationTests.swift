import Configuration
import TestSupport
import Testing

@Suite struct ServiceConfigurationTests {
    private let folder: TemporaryFolder
    private static let line = "atoll1 AAAA BBBB aggregator"

    init() throws { folder = try TemporaryFolder() }

    private func site(_ overrides: [String] = []) throws -> SiteConfiguration {
        let file = try folder.write(
            """
            study: study.yaml
            site: north
            key: north.key
            aggregator: aggregator.example.org:7450
            aggregator_identity: \(Self.line)
            data: {path: records.csv, task: reading}
            results_directory: out
            """, to: "site.yaml")
        return try SiteConfiguration.load(path: file, overrides: overrides, environment: [:])
    }

    private func aggregator(_ overrides: [String] = []) throws -> AggregatorConfiguration {
        let file = try folder.write(
            """
            study: study.yaml
            key: aggregator.key
            listen: 127.0.0.1:0
            authorized_sites: sites
            results_directory: out
            """, to: "aggregator.yaml")
        return try AggregatorConfiguration.load(path: file, overrides: overrides, environment: [:])
    }

    @Test("a site's settings and defaults")
    func siteSettings() throws {
        let site = try site()
        #expect(site.study == folder.path + "/study.yaml" && site.key == folder.path + "/north.key")
        #expect(
            site.site == "north" && site.aggregator == Endpoint(host: "aggregator.example.org", port: 7450))
        #expect(site.aggregatorIdentities == [Self.line])
        #expect(site.data.layout == .files([.init(task: "reading", path: folder.path + "/records.csv")]))
        #expect(site.resultsDirectory == folder.path + "/out")
        #expect(site.inFlight == 1 && site.logLevel == .info)
    }

    @Test("an aggregator's settings and defaults")
    func aggregatorSettings() throws {
        let aggregator = try aggregator()
        #expect(aggregator.listen == Endpoint(host: "127.0.0.1", port: 0))
        #expect(aggregator.authorizedSites == folder.path + "/sites")
        #expect(aggregator.exitWhenFinished && aggregator.logLevel == .info)
        #expect(try self.aggregator(["exit_when_finished=false"]).exitWhenFinished == false)
    }

    @Test("written configurations load back equal")
    func roundTrip() throws {
        let site = try site(["in_flight=3", "log_level=debug", "aggregator='[::1]:9'"])
        let siteFile = try folder.write(site.yaml(), to: "elsewhere/site.yaml")
        #expect(try SiteConfiguration.load(path: siteFile) == site)
        let aggregator = try aggregator(["exit_when_finished=false", "log_level=trace"])
        let aggregatorFile = try folder.write(aggregator.yaml(), to: "elsewhere/aggregator.yaml")
        #expect(try AggregatorConfiguration.load(path: aggregatorFile) == aggregator)
    }

    @Test("the aggregator's line may stand in a file, with the next one", arguments: 0...3)
    func identityFile(count: Int) throws {
        let lines = (0..<count).map { "atoll1 A\($0) B\($0) aggregator" }
        try folder.write("# the aggregator\n\n" + lines.joined(separator: "\r\n") + "\n", to: "pin.pub")
        let bound = ConfigurationLimits.pinnedIdentityCount
        for value in ["pin.pub", "[\(lines.joined(separator: ", "))]"] {
            if (1...bound).contains(count) {
                #expect(try site(["aggregator_identity=\(value)"]).aggregatorIdentities == lines)
            } else {
                #expect(throws: ConfigurationError(.outOfRange, "")) {
                    _ = try site(["aggregator_identity=\(value)"])
                }
            }
        }
    }

    @Test(
        "what is no public line is refused without repeating it",
        arguments: ["atoll1 SECRET", "SECRET", "atoll1 SECRET b c d", "atoll1  SECRET b"])
    func identityRefused(text: String) throws {
        let file = try folder.write(try site().yaml(), to: "bad.yaml")
        let error = #expect(throws: ConfigurationError.self) {
            _ = try SiteConfiguration.load(path: file, overrides: ["aggregator_identity=\(text)"])
        }
        #expect(error?.code == .outOfRange)
        #expect(error?.message.contains("SECRET") == false, "\(String(describing: error))")
    }

    @Test(
        "wrong settings are refused",
        arguments: [
            ("in_flight=0", ConfigurationError.Code.outOfRange), ("in_flight=65", .outOfRange),
            ("aggregator=host", .outOfRange), ("aggregator=host:0", .outOfRange), ("site=a/b", .outOfRange),
            ("log_level=verbose", .unknownValue), ("keys=x", .unknownKey), ("key=null", .missingKey),
            ("data=null", .missingKey), ("results_directory=$X", .unknownValue),
        ])
    func siteRefused(set: String, code: ConfigurationError.Code) {
        #expect(throws: ConfigurationError(code, "")) { _ = try site([set]) }
    }

    @Test("in_flight is bounded", arguments: [-1, 0, 1])
    func inFlight(beyond: Int) throws {
        let count = ConfigurationLimits.inFlightCount + beyond
        if beyond > 0 {
            #expect(throws: ConfigurationError(.outOfRange, "")) { _ = try site(["in_flight=\(count)"]) }
        } else {
            #expect(try site(["in_flight=\(count)"]).inFlight == count)
        }
    }

    @Test(
        "wrong settings of an aggregator are refused",
        arguments: [
            ("listen=localhost", ConfigurationError.Code.outOfRange), ("exit_when_finished=yes", .wrongType),
            ("authorised_sites=x", .unknownKey), ("study=null", .missingKey),
        ])
    func aggregatorRefused(set: String, code: ConfigurationError.Code) {
        #expect(throws: ConfigurationError(code, "")) { _ = try aggregator([set]) }
    }
}
