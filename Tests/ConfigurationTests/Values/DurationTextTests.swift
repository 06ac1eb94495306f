import Configuration
import SeededRandom
import Testing

@Suite struct DurationTextTests {
    @Test(
        "a number and a unit make a duration",
        arguments: [
            ("30s", Duration.seconds(30)), ("500ms", .milliseconds(500)), ("2m", .seconds(120)),
            ("1h", .seconds(3600)),
            ("1.5s", .milliseconds(1500)), ("0.25m", .seconds(15)), ("7us", .microseconds(7)),
            ("9ns", .nanoseconds(9)),
            ("30 s", .seconds(30)), ("0s", .zero),
        ])
    func read(text: String, expected: Duration) {
        #expect(DurationText.duration(text) == expected)
    }

    @Test(
        "anything else makes none",
        arguments: [
            "30", "s", "", "-3s", "+3s", "3 minutes", "3S", "1e3s", "1..5s", ".5s", "5.s", "0.1ns", "1.50ns",
            "3s ", "  3s",
            "9223372036854775807h", "9223372036s9", "٣s", "nan", "inf s",
        ])
    func refused(text: String) {
        #expect(DurationText.duration(text) == nil)
    }

    @Test(
        "the longest unit that fits is written",
        arguments: [
            (Duration.seconds(30), "30s"), (.seconds(120), "2m"), (.seconds(7200), "2h"),
            (.seconds(61), "61s"),
            (.zero, "0s"), (.milliseconds(1500), "1500ms"), (.microseconds(1001), "1001us"),
            (.nanoseconds(1), "1ns"),
        ])
    func written(duration: Duration, expected: String) {
        #expect(DurationText.text(duration) == expected)
    }

    @Test("what is written reads back")
    func roundTrip() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<1000 {
            let scale: Int64 = [1, 1000, 1_000_000, 1_000_000_000, 60_000_000_000][
                generator.integer(below: 5)]
            let duration = Duration.nanoseconds(Int64(generator.integer(below: 100_000)) * scale)
            #expect(DurationText.duration(DurationText.text(duration)) == duration, "\(duration) seed 11")
        }
    }
}
