internal import AggregatorStorage
internal import Configuration
internal import Federation
internal import InMemoryLogging
internal import LinearAlgebra
internal import Logging
internal import ReleaseEncoding
internal import SeededRandom
internal import Studies
internal import Synchronization
internal import TestSupport
internal import Testing
internal import Transport

@testable internal import AggregatorService

/// How much may wait for a peer that does not read.
@Suite(.timeLimit(.minutes(3)))
struct OutboxTests {
    @Test("a batch fits up to the bound and not beyond, and what was sent makes room", arguments: [-1, 0, 1])
    func bound(offset: Int) {
        let outbox = ConnectionOutbox(byteCountMaximum: 10_000)
        let allowance = AggregatorLimits.queuedMessageByteCount
        let first: [AggregatorMessage] = [.released(task: TaskName("a"))]
        let release = [UInt8](repeating: 0, count: 10_000 + offset - 2 * allowance)
        let second: [AggregatorMessage] = [
            .final(FinalColumn(task: TaskName("a"), version: 1, release: release))
        ]
        #expect(outbox.enqueue(first))
        #expect(outbox.enqueue(second) == (offset <= 0))
        outbox.sent(first)
        #expect(outbox.enqueue(second) == (offset > 0), "the other one's room is free, and taken otherwise")
    }

    @Test("a peer that leaves unread all that an honest site may ask for keeps its connection")
    func honestMaximum() async throws {
        let site = SiteName("east")
        let taskCount = FederationLimits.maximumReadsPerConnection
        let lines =
            ["name: wide", "dimension: 66000", "tasks:"]
            + (1...taskCount).map { "  - {name: task-\($0), site: \(site)}" }
            + [
                "loss: squared", "regularizer: ridge", "lambda: 0.1", "eta: 0.4", "encoding: float32",
                "norm_bound: 1000", "stop: {residual: 1e-7}",
            ]
        let plan = try StudyConfiguration.parse(
            lines.joined(separator: "\n"), path: "/study.yaml", overrides: [], environment: [:]
        ).plan()
        let folder = try TemporaryFolder()
        let store = try AggregatorStore(
            folder: folder.file("state"), plan: plan,
            retention: StateRetention(updateCount: 1_000, releaseByteCount: 1 << 20))
        var state = try await store.begin().state
        // Nothing that packs: every release is as long as one can be.
        var generator = SeededGenerator(seed: 1)
        let values = (0..<plan.dimension).map { _ in
            let exponent = Double(
                sign: .plus, exponent: Int.random(in: -200...0, using: &generator), significand: 1)
            return Double.random(in: 1..<2, using: &generator) * exponent
        }
        for index in plan.tasks.indices { state.auxiliary.setColumn(index, to: values) }
        let coordinator = ExchangeCoordinator(
            plan: plan, machine: try AggregatorMachine(plan: plan, state: state), store: store,
            recorder: AggregatorRecorder(), logger: Logger(label: "aggregator") { _ in InMemoryLogHandler() })
        let closed = Mutex<[CloseReason]>([])
        await withTaskGroup { group in
            group.addTask { await coordinator.runCommits() }
            let (connection, outbox) = await coordinator.connect(site, key: [1]) { reason in
                closed.withLock { $0.append(reason) }
            }
            let join = JoinRequest(
                study: plan.name, studyDigest: plan.digest,
                tasks: plan.tasks.map { .init(name: $0.name, dimension: plan.dimension, nextSequence: 0) })
            await coordinator.handle(.received(connection, .join(join)))
            await coordinator.handle(
                plan.tasks.map {
                    .received(connection, .read(ReadRequest(task: $0.name, reference: .none)))
                })
            await coordinator.handle(.stopRequested)
            await coordinator.disconnect(connection)
            var releases: [Int] = []
            for await batch in outbox.batches {
                for message in batch {
                    switch message {
                    case .column(let column): releases.append(column.release.count)
                    case .final(let column): releases.append(column.release.count)
                    default: break
                    }
                }
            }
            #expect(releases.count == 2 * taskCount)
            // The first batch alone is beyond what every connection has.
            #expect(releases.prefix(taskCount).reduce(0, +) > AggregatorLimits.outboxByteCount)
            group.cancelAll()
        }
        #expect(closed.withLock { $0 } == [])
        await store.close()
    }
}
