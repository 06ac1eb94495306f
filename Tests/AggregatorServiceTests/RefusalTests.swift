internal import AggregatorService
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import TestSupport
internal import Testing
internal import Transport
internal import Wire

/// What authenticated sites must not say: each is refused by its type, and everybody else goes on.
@Suite(.timeLimit(.minutes(3)))
struct RefusalTests {
    @Test(
        "a fault is refused by its type while honest sites are served to the end",
        arguments: Hostility.allCases)
    func refused(_ hostility: Hostility) async throws {
        let study = try TestStudy()
        let run = try await TestFederation.run(study) { federation in
            try await federation.withAgents(["north", "south"]) {
                let refusal = try await federation.connect(as: federation.party("east")) { peer in
                    try await hostility.provoke(&peer)
                    return try await peer.refusal()
                }
                #expect(refusal.code == hostility.code, "\(refusal.message)")
                let count = federation.history.value.applied.count
                try await federation.history.wait { $0.applied.count >= count + 10 }
                // The site that erred is served too, once it is honest.
                try await federation.completeAgent("east")
            }
            return federation.history.value
        }
        #expect(run.result.refusals.map(\.code) == [hostility.code])
        #expect(run.outcome.phase == .finished(.residual))
        let model = try #require(run.outcome.model)
        #expect(try study.relativeSuboptimality(of: model).magnitude < 1e-7)
    }

    @Test("a refused update changes no column, and its number stays free")
    func refusedUpdateChangesNothing() async throws {
        try await withPeer { federation, peer in
            let first = try await peer.joinAndRead()
            let bound = peer.study.plan.normBound
            let dimension = peer.study.plan.dimension
            let atBound = [bound] + Array(repeating: 0, count: dimension - 1)
            try await peer.send(
                .update(
                    peer.update(first, release: ProtocolPeer.release([bound.nextUp] + atBound.dropFirst()))))
            #expect(try await peer.refusal().code == .normBound)
            let again = try await peer.read()
            #expect(again.sequence == first.sequence && again.version == first.version)
            #expect(again.release == first.release)
            // At the bound itself it is taken.
            try await peer.send(.update(peer.update(again, release: ProtocolPeer.release(atBound))))
            #expect(try await peer.acceptance().sequence == first.sequence)
            #expect(federation.history.value.applied.count == 1)
        }
    }

    @Test("a duplicate is answered with the stored answer and applied once")
    func duplicate() async throws {
        try await withPeer { federation, peer in
            let column = try await peer.joinAndRead()
            let update = try peer.update(column, release: ProtocolPeer.release([1, 2, 3, 4]))
            try await peer.send(.update(update))
            let first = try await peer.acceptance()
            for _ in 0..<3 {
                try await peer.send(.update(update))
                #expect(try await peer.acceptance() == first)
            }
            #expect(federation.history.value.applied.count == 1)
            #expect(
                federation.history.value.notes.count {
                    $0 == .duplicate(column.task, sequence: column.sequence)
                }
                    == 3)
        }
    }

    @Test("a duplicate is answered alike on another connection")
    func duplicateAfterReconnect() async throws {
        let study = try TestStudy()
        try await TestFederation.run(TestFederation.Deployment(study), port: 0, stops: true) { federation in
            let east = try federation.party("east")
            let (update, first) = try await federation.connect(as: east) { peer in
                let column = try await peer.joinAndRead()
                let update = try peer.update(column, release: ProtocolPeer.release([1, 2, 3, 4]))
                try await peer.send(.update(update))
                return (update, try await peer.acceptance())
            }
            try await federation.connect(as: east) { peer in
                let welcome = try await peer.join()
                #expect(welcome.tasks[0].nextSequence == update.sequence + 1)
                try await peer.send(.update(update))
                #expect(try await peer.acceptance() == first)
            }
            #expect(federation.history.value.applied.count == 1)
        }
    }

    @Test("garbage closes the connection at its bound and not one before")
    func garbageBound() async throws {
        try await withPeer { _, peer in
            for _ in 1..<AggregatorLimits.malformedMessageCount {
                try await peer.connection.send([0xFF])
                #expect(try await peer.refusal().code == .malformed)
            }
            // Still served.
            #expect(try await peer.join().tasks.count == 2)
            try await peer.connection.send([0xFF])
            let error = await #expect(throws: TransportError.self) {
                while true { _ = try await peer.refusal() }
            }
            #expect(error?.closeReason == .protocolViolation)
        }
    }

    @Test("a message above the declared shape closes its connection by type; at the bound it is only refused")
    func oversizedMessage() async throws {
        let study = try TestStudy()
        let bound = ProtocolPeer.limits(study.plan).maximumMessageByteCount
        let run = try await TestFederation.run(study) { federation in
            try await federation.withAgents(["north", "south"]) {
                let east = try federation.party("east")
                try await federation.connect(as: east, maximumMessageByteCount: bound + 1) { peer in
                    for count in [bound - 1, bound] {
                        try await peer.connection.send([UInt8](repeating: 0xFF, count: count))
                        #expect(try await peer.refusal().code == .malformed)
                    }
                    try await peer.connection.send([UInt8](repeating: 0xFF, count: bound + 1))
                    let error = await #expect(throws: TransportError.self) { _ = try await peer.next() }
                    #expect(error?.closeReason == .messageTooLarge)
                }
                try await federation.completeAgent("east")
            }
        }
        #expect(run.outcome.phase == .finished(.residual))
    }

    @Test(
        "one read more than a connection may hold is refused, and a second one of a task whose read is open")
    func readBound() async throws {
        let bound = FederationLimits.maximumReadsPerConnection
        let study = try TestStudy(tasksPerSite: bound + 1)
        let tasks = study.tasks(of: "east")
        try await withPeer(study) { _, peer in
            try await peer.join()
            var columns: [Column] = []
            for task in tasks[..<bound] { columns.append(try await peer.read(task)) }
            for task in [tasks[0], tasks[bound]] {
                try await peer.send(.read(ReadRequest(task: task, reference: .none)))
                #expect(try await peer.refusal().code == .tooManyReads)
            }
            // An answered read makes room.
            try await peer.send(
                .update(peer.update(columns[0], release: ProtocolPeer.release([1, 2, 3, 4]))))
            _ = try await peer.acceptance()
            _ = try await peer.read(tasks[bound])
        }
    }

    /// Runs `body` with a connection of the site `east`, alone with an aggregator.
    private func withPeer(
        _ study: TestStudy? = nil, _ body: (TestFederation, inout ProtocolPeer) async throws -> Void
    ) async throws {
        let deployment = try TestFederation.Deployment(study ?? TestStudy())
        let run = try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            try await federation.connect(as: federation.party("east")) { peer in
                try await body(federation, &peer)
            }
        }
        #expect(run.outcome.phase == .running)
    }
}
