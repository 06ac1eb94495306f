internal import AggregatorService
internal import Federation
internal import InMemoryLogging
internal import LinearAlgebra
internal import Logging
internal import ServiceLifecycleTestKit
internal import TestSupport
internal import Testing
internal import Transport

/// Beginnings and ends of the aggregator's process.
@Suite(.timeLimit(.minutes(3)))
struct LifecycleTests {
    @Test(
        "sites go on with an aggregator that starts again, with its state or without, and reach the optimum",
        arguments: ["asynchronous", "synchronous"], [false, true])
    func restart(mode: String, losesState: Bool) async throws {
        let study = try TestStudy(settings: ["mode=\(mode)"])
        let deployment = try TestFederation.Deployment(study)
        // The sites live on while aggregators come and go on one port, behind a relay that stays.
        let address = Observed<TestFederation?>(nil)
        try await withThrowingTaskGroup(of: Void.self) { sites in
            for site in TestStudy.sites {
                sites.addTask {
                    guard let federation = try await address.wait(until: { $0 != nil }) else { return }
                    try await federation.completeAgent(site)
                }
            }
            let first = try await TestFederation.run(deployment, port: 0, stops: true) { federation in
                address.update { $0 = federation }
                try await federation.history.wait { $0.applied.count >= 60 }
                return federation
            }
            #expect(first.outcome.phase == .running)
            #expect(first.outcome.model == nil)
            let port = first.result.port
            let successor = losesState ? try deployment.withEmptyState() : deployment
            let second = try await TestFederation.run(successor, port: port, stops: false) { _ in }
            #expect(second.outcome.version > first.outcome.version || losesState)
            #expect(second.outcome.phase == .finished(.residual))
            let model = try #require(second.outcome.model)
            #expect(try study.relativeSuboptimality(of: model).magnitude < 1e-7)
            try await sites.waitForAll()
            let siteLog = first.result.siteLog.entries.map(\.message.description)
            #expect(
                siteLog.contains("the aggregator began a new state; everything is sent anew") == losesState)
        }
    }

    @Test("a graceful shutdown closes every connection as going away and returns")
    func gracefulShutdown() async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        let run = try await testGracefulShutdown { trigger in
            try await TestFederation.run(deployment, port: 0, stops: false) { federation in
                try await federation.connect(as: federation.party("east")) { peer in
                    try await peer.join()
                    trigger.triggerGracefulShutdown()
                    let error = await #expect(throws: TransportError.self) { _ = try await peer.next() }
                    #expect(error?.closeReason == .goingAway)
                }
            }
        }
        #expect(run.outcome.phase == .running)
        #expect(run.outcome.model == nil)
        #expect(run.outcome.progress.statistics.bytesUp > 0)
    }

    @Test("an agent that is shut down ends without an outcome")
    func agentShutdown() async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            let outcome = try await testGracefulShutdown { trigger in
                async let outcome = federation.runAgent("east")
                try await federation.history.wait { $0.applied.count >= 5 }
                trigger.triggerGracefulShutdown()
                return try await outcome
            }
            #expect(outcome == nil)
            try await federation.waitUntilLeft("east")
        }
    }

    @Test("a port in use is a typed error")
    func portInUse() async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            let other = try deployment.withEmptyState()
            await #expect(throws: TransportError(.bindFailed, "")) {
                _ = try await TestFederation.run(other, port: federation.port, stops: true) { _ in }
            }
        }
    }

    @Test("a newer session of a site takes the older one's place")
    func supersededSession() async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            let east = try federation.party("east")
            try await federation.connect(as: east) { older in
                try await older.join()
                try await federation.connect(as: east) { newer in
                    try await newer.join()
                    let error = await #expect(throws: TransportError.self) { _ = try await older.next() }
                    #expect(error?.closeReason == .superseded)
                    _ = try await newer.read()
                }
            }
        }
    }
}
