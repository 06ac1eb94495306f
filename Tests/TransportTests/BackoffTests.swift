internal import SeededRandom
internal import Testing

@testable internal import Transport

@Suite("Backoff")
struct BackoffTests {
    @Test("delays lie in the upper half of a doubling, capped ceiling", arguments: [UInt64](1...20))
    func bounds(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var backoff = Backoff(minimum: .milliseconds(100), maximum: .seconds(2))
        for attempt in 0..<100 {
            let ceiling = min(Duration.seconds(2), .milliseconds(100) * (1 << min(attempt, 10)))
            let delay = backoff.nextDelay(using: &generator)
            #expect(delay >= ceiling / 2 && delay <= ceiling, "seed \(seed), attempt \(attempt)")
        }
        backoff.reset()
        #expect(backoff.nextDelay(using: &generator) <= .milliseconds(100))
    }

    @Test("two sites do not come back together")
    func spread() {
        var generator = SeededGenerator(seed: 3)
        let delays = (0..<100).map { _ in
            var backoff = Backoff()
            for _ in 0..<10 { _ = backoff.nextDelay(using: &generator) }
            return backoff.nextDelay(using: &generator)
        }
        #expect(Set(delays).count == 100)
        #expect((delays.max() ?? .zero) - (delays.min() ?? .zero) > .seconds(10))
    }
}
