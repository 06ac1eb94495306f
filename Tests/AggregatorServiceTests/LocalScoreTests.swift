internal import Configuration
internal import InMemoryLogging
internal import Logging
internal import Reporting
internal import SecureChannel
internal import SiteAgent
internal import TestSupport
internal import Testing

/// Scores of models of a site's own records.
@Suite struct LocalScoreTests {
    @Test(
        "the summary says whether a local-only model is the optimum: without coupling a separable task has none",
        arguments: [("ridge", true), ("mean", false)])
    func convergence(regularizer: String, isConverged: Bool) async throws {
        let folder = try TemporaryFolder()
        try folder.write("x,y\n1,1\n2,1\n-1,0\n-2,0\n", to: "records.csv")
        try folder.write(
            """
            name: separable
            tasks: [{name: illness, site: north}]
            dimension: 1
            loss: logistic
            loss_scale: mean
            regularizer: \(regularizer)
            lambda: 0.1
            eta: 0.1
            stop: {epochs: 3}

            """, to: "study.yaml")
        try folder.write(
            """
            study: study.yaml
            site: north
            key: north.key
            aggregator: 127.0.0.1:1
            aggregator_identity: \(Party("aggregator").identity.line)
            data: {path: records.csv, task: illness}
            results_directory: results

            """, to: "site.yaml")
        let program = try SiteProgram(
            configuration: SiteConfiguration.load(path: folder.file("site.yaml")), comparesLocally: true,
            isOffline: true, endsWithStandardInput: false,
            logger: Logger(label: "north") { _ in InMemoryLogHandler() })
        let summary = try #require(try await program.run()).summary
        let score = try #require(summary["tasks"]?.elements?.first?["local_score"])
        #expect(score["converged"] == JSONValue(isConverged))
        #expect(score["metric"] == "accuracy" && score["value"]?.doubleValue == 1)
    }
}
