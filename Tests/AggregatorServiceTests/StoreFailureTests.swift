internal import AggregatorStorage
internal import Federation
internal import InMemoryLogging
internal import Logging
internal import StorageTestSupport
internal import TestSupport
internal import Testing
internal import Transport

/// A disk that refuses a write or a sync under a service with honest sites.
@Suite(.timeLimit(.minutes(3)))
struct StoreFailureTests {
    @Test(
        "a store that fails once ends the service, and every acceptance that a site has is in the state",
        arguments: [.sync, .write] as [FaultyFolder.Operation])
    func failure(operation: FaultyFolder.Operation) async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        let path = deployment.state.file("state")
        let disk = try FaultyFolder(path)
        defer { disk.unwatch() }
        let sites = ["north", "south"]
        let recorders = sites.map { _ in TestSiteRecorder() }
        let federation = Observed<TestFederation?>(nil)
        await #expect(throws: AggregatorStorageError(.failed, "")) {
            try await TestFederation.run(deployment, port: 0, stops: false) { running in
                federation.update { $0 = running }
                try await withThrowingTaskGroup(of: Void.self) { agents in
                    for (site, recorder) in zip(sites, recorders) {
                        agents.addTask { _ = try? await running.runAgent(site, recorder: recorder) }
                    }
                    try await running.connect(as: running.party("east")) { peer in
                        _ = try await peer.joinAndRead()
                        try await running.history.wait { $0.applied.count >= 20 }
                        disk.set(
                            .init(operation, number: disk.count(of: operation) + 1, isLasting: false))
                        let error = await #expect(throws: TransportError.self) { _ = try await peer.next() }
                        #expect(error?.closeReason == .internalError)
                    }
                    agents.cancelAll()
                }
            }
        }
        let running = try #require(federation.value)
        #expect(
            running.log.entries.contains {
                $0.level == .critical && $0.message.description.contains("acknowledges nothing more")
            })
        let image = try disk.writeImage(losing: .whole, to: deployment.state.file("image"))
        let log = try await AggregatorStore(
            folder: image, plan: deployment.study.plan,
            retention: StateRetention(updateCount: 100_000, releaseByteCount: 1 << 20)
        ).updates(after: 0, limit: .max)
        let acceptances = recorders.flatMap(\.value.acceptances)
        #expect(acceptances.count >= 15)
        for acceptance in acceptances {
            let lines = log.filter { $0.task == acceptance.task && $0.sequence == acceptance.sequence }
            #expect(lines.map(\.version) == [acceptance.version])
        }
        let applied = running.history.value.applied.map(\.version)
        #expect(applied == Array(log.map(\.version).prefix(applied.count)))
        // One commit more than was made known may have reached the disk, and no later one.
        #expect(log.count - applied.count <= TestStudy.sites.count * 2)
    }
}
