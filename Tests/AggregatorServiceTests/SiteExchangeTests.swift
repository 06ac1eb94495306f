internal import Dispatch
internal import Federation
internal import Foundation
internal import Logging
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import TestSupport
internal import Testing

@testable internal import SiteAgent

/// A site's exchange without a connection.
@Suite(.timeLimit(.minutes(1)))
struct SiteExchangeTests {
    /// One thread more than the one that computes is needed for whoever asks.
    private static let hasTwoProcessors = ProcessInfo.processInfo.activeProcessorCount > 1

    @Test(
        "while a step is computed the state is told, as a watchdog asks for it",
        .enabled(if: hasTwoProcessors, "one processor"))
    func statusMeanwhile() async throws {
        let study = try TestStudy()
        let site = SiteName("north")
        let task = try #require(study.tasks(of: "north").first)
        let isComputing = Observed(false)
        let goesOn = DispatchSemaphore(value: 0)
        let exchange = SiteExchange(
            machine: try SiteMachine(
                plan: study.plan, site: site, tasks: [task], readsInFlight: 1, restored: SiteState()),
            tasks: try study.objectives(of: "north").mapValues {
                try LocalTask($0, splitting: study.plan.splitting)
            },
            computation: { task, column, gamma in
                isComputing.update { $0 = true }
                goesOn.wait()
                return try task.step(from: column, gamma: gamma)
            },
            journal: nil, gate: .open(try #require(UnprotectedStudy(study.plan))),
            recorder: TestSiteRecorder(), logger: Logger(label: "north"))
        _ = try await exchange.connected(aggregatorKey: [])
        let instance = try #require(
            InstanceIdentifier(bytes: Array(repeating: 1, count: InstanceIdentifier.byteCount)))
        let welcome = Welcome(instance: instance, tasks: [.init(name: task, nextSequence: 1)])
        _ = try await exchange.received([.welcome(welcome)])
        let zeros = Array(repeating: 0.0, count: study.plan.dimension)
        let column = Column(
            task: task, sequence: 1, version: 0, release: try ReleaseCodec.encodeFull(zeros).release)
        async let step = exchange.received([.column(column)])
        _ = try await isComputing.wait { $0 }
        #expect(await exchange.status == "connected, 0 updates accepted")
        goesOn.signal()
        let isUpdate = try await step.messages.contains {
            if case .update = $0.message { true } else { false }
        }
        #expect(isUpdate)
    }
}
