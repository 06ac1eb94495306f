internal import AggregatorService
internal import Federation
internal import InMemoryLogging
internal import LinearAlgebra
internal import Logging
internal import ReleaseEncoding
internal import ServiceLifecycleTestKit
internal import SiteAgent
internal import TestSupport
internal import Testing
internal import Transport
internal import Wire

/// Beginnings and ends of the aggregator's process.
@Suite(.timeLimit(.minutes(3)))
struct LifecycleTests {
    @Test(
        "sites go on with an aggregator that starts again, with its state or without, and reach the optimum",
        arguments: ["asynchronous", "synchronous", "with factors beside the exchange"], [false, true])
    func restart(mode: String, losesState: Bool) async throws {
        let isDeferred = mode.hasPrefix("with")
        let study = try TestStudy(settings: [isDeferred ? "maximum_factor_age=3" : "mode=\(mode)"])
        let deployment = try TestFederation.Deployment(
            study, factorRefresh: isDeferred ? .deferred : nil)
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

    @Test("an aggregator that begins with a finished study waits for every owner, though none is connected")
    func restartAfterTheEnd() async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        try await TestFederation.run(deployment, port: 0, stops: false) { federation in
            try await federation.withAgents(TestStudy.sites) {}
        }
        let began = ContinuousClock.now
        try await TestFederation.run(deployment, port: 0, stops: false) { federation in
            for site in TestStudy.sites {
                try await federation.connect(as: federation.party(site)) { peer in
                    try await peer.join()
                    for task in federation.study.tasks(of: site) {
                        try await peer.send(.fetched(task: task))
                        #expect(try await peer.next() == .released(task: task))
                    }
                }
                try await federation.waitUntilLeft(site)
            }
        }
        // Told, they are not waited for.
        #expect(ContinuousClock.now - began < FederationLimits.returnTimeout)
    }

    @Test("a site whose aggregator is gone for good after it heard of every model ends by itself, complete")
    func goneBeforeTheLastWord() async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            let study = federation.study
            let limits = ProtocolPeer.limits(study.plan)
            let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
            let east = try federation.party("east").identity
            let gone = ExchangeServer(
                host: "127.0.0.1", port: 0, identity: deployment.aggregator.local, authorize: { _ in east },
                logger: Logger(label: "gone") { _ in InMemoryLogHandler() })
            let port = Observed<Int?>(nil)
            let recorder = TestSiteRecorder()
            let outcome = try await withThrowingTaskGroup(of: SiteOutcome?.self) { group in
                group.addTask {
                    try await gone.run(onListening: { bound in port.update { $0 = bound } }) { connection in
                        func answer(_ messages: [AggregatorMessage]) async throws {
                            try await connection.send(WireCodec.encode(messages, limits: limits))
                        }
                        for try await bytes in connection.messages {
                            for message in try WireCodec.decodeSiteMessages(bytes, limits: limits) {
                                switch message {
                                case .join(let request):
                                    let tasks = request.tasks.map {
                                        Welcome.Task(name: $0.name, nextSequence: 1)
                                    }
                                    try await answer([.welcome(Welcome(instance: instance, tasks: tasks))])
                                case .read(let read):
                                    let zeros = [Double](repeating: 0, count: study.plan.dimension)
                                    let release = try ReleaseCodec.encodeFull(zeros).release
                                    try await answer([
                                        .final(FinalColumn(task: read.task, version: 1, release: release))
                                    ])
                                default:
                                    // Never answered, and gone with the last.
                                    if recorder.value.models.count == study.tasks(of: "east").count {
                                        connection.close(.goingAway)
                                    }
                                }
                            }
                        }
                    }
                    return nil
                }
                group.addTask {
                    try await federation.runAgent(
                        "east", port: try await port.wait { $0 != nil }, recorder: recorder,
                        farewellTimeout: .zero)
                }
                let outcome = try await group.next()
                group.cancelAll()
                return outcome
            }
            #expect(outcome == .complete)
            #expect(Set(recorder.value.models.map(\.task)) == Set(study.tasks(of: "east")))
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

    @Test("a site's largest pause is no absence from an aggregator that was started again")
    func returnTimeout() {
        #expect(FederationLimits.returnTimeout >= Backoff.maximum)
    }

    @Test("a connection that brings too much that is refused is closed for that, and the site may come back")
    func refusedTooOften() async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            let east = try federation.party("east")
            try await federation.connect(as: east) { peer in
                try await peer.join()
                let foreign = SiteMessage.read(ReadRequest(task: peer.anothersTask, reference: .none))
                for _ in 0..<FederationLimits.maximumRefusalsPerConnection { try await peer.send(foreign) }
                let error = await #expect(throws: TransportError.self) {
                    while true { _ = try await peer.next() }
                }
                #expect(error?.closeReason == .refusedTooOften)
            }
            try await federation.connect(as: east) { peer in
                try await peer.join()
                _ = try await peer.read()
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
