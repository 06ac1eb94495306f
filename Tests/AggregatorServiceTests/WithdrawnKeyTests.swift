internal import AggregatorStorage
internal import Federation
internal import InMemoryLogging
internal import LinearAlgebra
internal import Logging
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Synchronization
internal import TestSupport
internal import Testing
internal import Transport

@testable internal import AggregatorService

/// What was on its way from a key when it was removed.
@Suite(.timeLimit(.minutes(3)))
struct WithdrawnKeyTests {
    private let study: TestStudy
    private let store: AggregatorStore
    private let folder: TemporaryFolder
    private let history = AggregatorRecorder()
    private let coordinator: ExchangeCoordinator

    /// An exchange whose columns wait for a factor once two updates were applied.
    init() async throws {
        study = try TestStudy(settings: ["maximum_factor_age=1"])
        folder = try TemporaryFolder()
        store = try AggregatorStore(
            folder: folder.file("state"), plan: study.plan,
            retention: StateRetention(updateCount: 1_000, releaseByteCount: 1 << 20))
        var machine = try AggregatorMachine(
            plan: study.plan, state: try await store.begin().state, factorRefresh: .deferred)
        let first = try #require(machine.factorSnapshot())
        machine.install(try first.refreshed())
        coordinator = ExchangeCoordinator(
            plan: study.plan, machine: machine, store: store, recorder: history,
            logger: Logger(label: "aggregator") { _ in InMemoryLogHandler() })
    }

    /// A site's end of the exchange, without a socket.
    private struct Peer {
        let identifier: ConnectionIdentifier
        let outbox: ConnectionOutbox
        let tasks: [TaskName]
        let closings: Observed<[CloseReason]>
    }

    private func connect(_ site: String, key: UInt8) async throws -> Peer {
        let closings = Observed<[CloseReason]>([])
        let (identifier, outbox) = await coordinator.connect(SiteName(site), key: [key]) { reason in
            closings.update { $0.append(reason) }
        }
        let peer = Peer(
            identifier: identifier, outbox: outbox, tasks: study.tasks(of: site), closings: closings)
        let join = JoinRequest(
            study: study.plan.name, studyDigest: study.plan.digest,
            tasks: peer.tasks.map { .init(name: $0, dimension: study.plan.dimension, nextSequence: 0) })
        await coordinator.handle(.received(identifier, .join(join)))
        return peer
    }

    /// Reads a task's column and returns an update that answers it.
    private func answer(_ peer: Peer, _ task: Int) async throws -> AggregatorEvent {
        await coordinator.handle(.received(peer.identifier, read(peer, task)))
        for await batch in peer.outbox.batches {
            for message in batch {
                guard case .column(let column) = message, column.task == peer.tasks[task] else { continue }
                let reference = try ReleaseCodec.decode(
                    column.release, reference: Reference(dimension: study.plan.dimension),
                    dimension: study.plan.dimension)
                return .received(
                    peer.identifier,
                    .update(
                        Update(
                            task: column.task, sequence: column.sequence, columnVersion: column.version,
                            columnReference: reference.hash, release: ProtocolPeer.release([1, 2, 3, 4]),
                            next: nil)))
            }
        }
        throw UnexpectedAnswer(answer: nil)
    }

    private func read(_ peer: Peer, _ task: Int) -> SiteMessage {
        .read(ReadRequest(task: peer.tasks[task], reference: .none))
    }

    @Test("what a removed key has waiting for a factor is not applied; another key of its site is served")
    func waiting() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await coordinator.runCommits() }
            let removed = try await connect("east", key: 1)
            let other = try await connect("north", key: 2)
            let late = try await answer(removed, 0)
            for task in 0..<2 {
                let update = try await answer(other, task)
                await coordinator.handle(update)
            }
            #expect(history.value.applied.count == 2)
            // One arrival: the read waits for a factor, and the removed key's update behind it.
            let stuck = AggregatorEvent.received(other.identifier, read(other, 0))
            group.addTask { await coordinator.handle([stuck, late]) }
            while await coordinator.arrivals.isEmpty { await Task.yield() }
            await coordinator.withdraw([[1], [3]])
            #expect(removed.closings.value == [.revoked] && other.closings.value.isEmpty)
            group.addTask { await coordinator.runRefreshes() }
            // Comes behind them, and is answered when they were taken.
            await coordinator.handle([])
            #expect(await coordinator.arrivals.isEmpty)
            #expect(history.value.applied.count == 2)

            let successor = try await connect("east", key: 4)
            await coordinator.handle(try await answer(successor, 0))
            #expect(history.value.applied.count == 3)
            group.cancelAll()
        }
        await store.close()
    }
}
