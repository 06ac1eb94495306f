internal import Federation
internal import SeededRandom
internal import Testing

@testable internal import Simulation

@Suite("Recorded delays and lines in virtual time")
struct SimulatedDelayTests {
    private static let computeTimes = (1...7).map { Duration.seconds(1) * $0 }
    private static let networkTimes = (1...11).map { Duration.milliseconds(1) * $0 }

    /// What one sampler returned, by site.
    private struct Draws: Equatable {
        var compute: [[Duration]]
        var network: [[Duration]]

        init(siteCount: Int) {
            compute = Array(repeating: [], count: siteCount)
            network = Array(repeating: [], count: siteCount)
        }
    }

    /// Two messages and a step of each site, again and again.
    private static func draws(
        seed: UInt64, siteCount: Int = 8, isOwn: Bool = false, isReversed: Bool = false
    ) -> Draws {
        var sampler = DelaySampler(seed: seed)
        var random = SeededGenerator(seed: seed)
        var draws = Draws(siteCount: siteCount)
        let (network, compute) = (DelayLaw.trace(networkTimes), DelayLaw.trace(computeTimes))
        let sites = isReversed ? Array((0..<siteCount).reversed()) : Array(0..<siteCount)
        for _ in 0..<20 {
            for site in sites {
                for _ in 0..<2 {
                    let delay = sampler.delay(
                        network, own: isOwn ? network : nil, .network, of: site, using: &random)
                    draws.network[site].append(delay)
                }
                let delay = sampler.delay(
                    compute, own: isOwn ? compute : nil, .compute, of: site, using: &random)
                draws.compute[site].append(delay)
            }
        }
        return draws
    }

    /// Whether each delay is followed by the recording's next one, and the last by the first.
    private static func isReplay(_ delays: [Duration], of recorded: [Duration]) -> Bool {
        zip(delays, delays.dropFirst()).allSatisfy { delay, next in
            recorded.firstIndex(of: delay).map { recorded[($0 + 1) % recorded.count] } == next
        }
    }

    @Test(
        "recordings of two laws at once are each replayed in their order", arguments: [1, 2, 3] as [UInt64])
    func order(seed: UInt64) {
        let draws = Self.draws(seed: seed)
        for site in draws.compute.indices {
            #expect(Self.isReplay(draws.compute[site], of: Self.computeTimes), "site \(site)")
            #expect(Self.isReplay(draws.network[site], of: Self.networkTimes), "site \(site)")
        }
    }

    @Test("where a site begins follows from the seed, and not from the course; sites begin apart")
    func starts() {
        let draws = Self.draws(seed: 1)
        #expect(Self.draws(seed: 1, isReversed: true) == draws)
        #expect(Self.draws(seed: 2) != draws)
        #expect(Set(draws.network.map { $0[0] }).count > 1)
        #expect(Set(draws.compute.map { $0[0] }).count > 1)
    }

    @Test("a recording of one site begins at its first entry")
    func ownRecording() {
        let draws = Self.draws(seed: 1, isOwn: true)
        #expect(draws.compute.allSatisfy { $0[0] == Self.computeTimes[0] })
        #expect(draws.network.allSatisfy { $0[0] == Self.networkTimes[0] })
    }

    /// A study that ends after so many updates.
    private func study(siteCount: Int, tasksPerSite: Int = 1, updates: UInt64) -> TestStudy {
        var study = TestStudy()
        (study.siteCount, study.tasksPerSite) = (siteCount, tasksPerSite)
        study.residualTolerance = nil
        study.maximumUpdateCount = updates
        return study
    }

    private func run(
        _ study: TestStudy, seed: UInt64 = 1, _ adjust: (inout SimulationSettings) -> Void
    ) throws -> SimulationResult {
        var federation = try study.federation(study.objectives(), seed: seed, adjust)
        return try federation.run()
    }

    @Test("in a federation steps take the recorded times in their order, though messages are recorded too")
    func steps() throws {
        let (unit, count) = (Duration.seconds(1_000), 50)
        let study = study(siteCount: 4, updates: 80)
        func result(seed: UInt64) throws -> SimulationResult {
            try run(study, seed: seed) {
                $0.computeDelay = .trace((1...count).map { unit * $0 })
                $0.networkDelay = .trace(Self.networkTimes)
            }
        }
        let first = try result(seed: 1)
        var starts: [Int] = []
        for task in study.taskNames {
            let times = first.log.filter { $0.task == task }.map(\.time)
            // Messages take milliseconds: thousands of seconds between two updates are those of the step.
            let before = [Duration.zero] + times
            let entries: [Int] = zip(before, times).map { Int(($1 - $0) / unit) }
            #expect(entries.count > 1, "\(task)")
            let isReplay = zip(entries, entries.dropFirst()).allSatisfy { $1 == $0 % count + 1 }
            #expect(isReplay, "\(task): \(entries)")
            starts += entries.prefix(1)
        }
        #expect(Set(starts).count > 1, "the sites do not go through it side by side: \(starts)")
        #expect(try result(seed: 1).log == first.log)
        #expect(try result(seed: 2).log != first.log)
    }

    @Test("in a federation messages take the recorded times in their order, though steps are recorded too")
    func messages() throws {
        let late = Duration.seconds(1_000)
        // Three messages an update: its own, its acceptance and the next column. So it is always the same one of them
        // that is late, and after as many updates.
        let messageCount = 3
        let period = 20
        let result = try run(study(siteCount: 1, updates: 200)) {
            let others = Array(repeating: Duration.zero, count: messageCount * period - 1)
            $0.networkDelay = .trace([late] + others)
            $0.computeDelay = .trace(Self.computeTimes)
        }
        let times = result.log.map(\.time)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        let places = gaps.indices.filter { gaps[$0] >= late }
        #expect(places.count >= 9, "\(places)")
        let distances = zip(places, places.dropFirst()).map { $1 - $0 }
        #expect(Set(distances) == [period], "\(places)")
    }

    @Test("a line carries one message after another, each site's and each direction's", arguments: [1, 2, 4])
    func lines(readsInFlight: Int) throws {
        let bytesPerSecond = 1_000.0
        var study = study(siteCount: 2, tasksPerSite: 4, updates: 400)
        study.dimension = 40
        let result = try run(study) {
            $0.networkDelay = .constant(.zero)
            $0.computeDelay = .constant(.zero)
            $0.bytesPerSecond = bytesPerSecond
            $0.readsInFlight = readsInFlight
        }
        for site in 0..<study.siteCount {
            let owned = study.taskNames.indices.filter { study.owner(of: $0) == study.owner(of: site) }
            let names = Set(owned.map { study.taskNames[$0] })
            let updates = result.log.filter { names.contains($0.task) }
            #expect(updates.count > 100)
            let before = [Duration.zero] + updates.map(\.time)
            for (time, update) in zip(before, updates) {
                let least = Duration.seconds(Double(update.releaseByteCount) / bytesPerSecond)
                #expect(update.time - time >= least, "site \(site), version \(update.version)")
            }
        }
        let seconds = result.virtualTime / Duration.seconds(1)
        let capacity = Double(study.siteCount) * bytesPerSecond * seconds
        #expect(Double(result.releaseBytesDown) <= capacity * (1 + 1e-9))
        guard readsInFlight == 4 else { return }
        // Neither line waits for the other, nor for another site's.
        #expect(Double(result.releaseBytesUp + result.releaseBytesDown) > 1.2 * capacity)
    }

    @Test("a line without a bandwidth takes no time, and a message on a free line its bytes' time")
    func line() {
        var line = SiteLine()
        let untimed = line.send(500, at: .seconds(3), bytesPerSecond: nil)
        #expect(untimed == .seconds(3))
        let times = [(500, 1), (250, 1), (0, 1), (250, 2)].map { byteCount, second in
            line.send(byteCount, at: .seconds(second), bytesPerSecond: 1_000)
        }
        #expect(times == [1_500, 1_750, 1_750, 2_250].map { Duration.milliseconds($0) })
    }
}
