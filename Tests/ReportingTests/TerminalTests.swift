internal import Foundation
internal import Synchronization
internal import Testing

@testable internal import Reporting

@Suite struct TerminalTests {
    /// A clock that tests move.
    private final class ManualClock: Sendable {
        private let time = Mutex(Duration.seconds(1_000))
        var now: Duration { time.withLock { $0 } }
        func advance(by step: Duration) { time.withLock { $0 += step } }
    }

    private let collector = TextCollector()
    private let clock = ManualClock()

    private func reporter(total: Int?, isTerminal: Bool) -> ProgressReporter {
        ProgressReporter(
            title: "Training", total: total, isTerminal: isTerminal, output: collector.output,
            now: { [clock] in clock.now })
    }

    @Test("tables align names left and numbers right")
    func table() {
        var table = TextTable([("task", .left), ("records", .right), ("loss", .right)])
        #expect(table.text == "task  records  loss\n----  -------  ----\n")
        table.append(["0v9", "358", "0.25"])
        table.append(["a longer name", "7", "-1234.5"])
        #expect(
            table.text == """
                task           records     loss
                -------------  -------  -------
                0v9                358     0.25
                a longer name        7  -1234.5

                """)
    }

    @Test("a terminal gets a bar, redrawn at most every interval, and a line end at last")
    func bar() {
        let reporter = reporter(total: 200, isTerminal: true)
        reporter.update(completed: 0)
        reporter.update(completed: 1)
        clock.advance(by: ReportingLimits.barInterval - .nanoseconds(1))
        reporter.update(completed: 2)
        clock.advance(by: .nanoseconds(1))
        reporter.update(completed: 100, detail: "residual 0.1")
        clock.advance(by: .seconds(61))
        reporter.update(completed: 199)
        reporter.update(completed: 200)
        reporter.finish()
        reporter.finish()
        reporter.update(completed: 3)
        func line(_ filled: Int, _ rest: String) -> String {
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
            return "\r\u{1B}[KTraining  [\(bar)]  \(rest)"
        }
        #expect(
            collector.all == [
                line(0, "0%  0/200  0 s"), line(15, "50%  100/200  0 s  residual 0.1"),
                line(29, "99%  199/200  61 s"), line(30, "100%  200/200  61 s"), "\n",
            ])
    }

    @Test("elsewhere there is a line every interval, and one at the end")
    func lines() {
        let reporter = reporter(total: nil, isTerminal: false)
        reporter.update(completed: 1)
        clock.advance(by: ReportingLimits.progressLineInterval - .nanoseconds(1))
        reporter.update(completed: 2)
        clock.advance(by: .nanoseconds(1))
        reporter.update(completed: 3, detail: "residual 0.5")
        reporter.update(completed: 4)
        clock.advance(by: ReportingLimits.progressLineInterval)
        reporter.update(completed: 5)
        reporter.finish(detail: "done")
        #expect(
            collector.all == [
                "Training  3  5 s  residual 0.5\n", "Training  5  10 s\n", "Training  5  10 s  done\n",
            ])
    }

    @Test("a line on a terminal is never wider than its bound")
    func width() {
        let reporter = reporter(total: 10, isTerminal: true)
        reporter.update(completed: 20, detail: String(repeating: "x", count: 500))
        let line = collector.all[0].dropFirst("\r\u{1B}[K".count)
        #expect(line.count == ReportingLimits.progressLineWidth)
        #expect(line.contains("100%"))
    }

    @Test("results that a stream does not take are an error with the system's reason")
    func fullDevice() throws {
        let device = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(device >= 0)
        defer { close(device) }
        let error = #expect(throws: ReportingError(.fileSystem, "")) {
            try ResultOutput.send("a result\n", to: device)
        }
        #expect(error?.message.contains("No space left on device") == true, "\(error?.message ?? "")")
    }

    @Test("results arrive whole through a full pipe that does not block")
    func fullPipe() throws {
        var ends: [CInt] = [0, 0]
        let isMade = unsafe pipe(&ends) == 0
        try #require(isMade)
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
        var fillerCount = 0
        while unsafe write(writing, "f", 1) == 1 { fillerCount += 1 }
        #expect(errno == EAGAIN)
        let text = String(repeating: "0123456789", count: 100_000)
        let failure = Mutex<(any Error)?>(nil)
        Thread.detachNewThread {
            do { try ResultOutput.send(text, to: writing) } catch { failure.withLock { $0 = error } }
            close(writing)
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe read(reading, &buffer, buffer.count)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        #expect(failure.withLock { $0 } == nil)
        #expect(received.dropFirst(fillerCount).elementsEqual(text.utf8))
    }

    @Test(
        "durations are seconds, exact to the nanosecond",
        arguments: [
            (.zero, "0"), (.seconds(12), "12"), (.milliseconds(1_500), "1.5"),
            (.nanoseconds(1), "0.000000001"),
            (.milliseconds(-250), "-0.25"), (.seconds(-3), "-3"),
            (.nanoseconds(100_000_000_010), "100.00000001"),
        ] as [(Duration, String)])
    func seconds(duration: Duration, text: String) {
        #expect(NumberText.seconds(duration) == text)
    }

    @Test("numbers for people are rounded as C rounds them")
    func numbers() {
        #expect(NumberText.fixed(2.345678, decimals: 2) == "2.35")
        #expect(NumberText.fixed(-0.5, decimals: 0) == "-0")
        #expect(NumberText.fixed(.greatestFiniteMagnitude, decimals: 17).count == 327)
        #expect(NumberText.significant(704_454.5245, digits: 10) == "704454.5245")
        #expect(NumberText.significant(1e-9) == "1e-09")
        #expect(NumberText.significant(.nan) == "nan")
        #expect(
            [0, 1_023, 1_024, 1_536, 20 << 20, 3 << 40].map { NumberText.bytes($0) } == [
                "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "20.0 MiB", "3.0 TiB",
            ])
    }

    @Test(
        "fields of CSV are quoted where they must be",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("", ""), (" x", "\" x\""), ("x\t", "\"x\t\""), ("é", "é"),
        ])
    func fields(text: String, field: String) {
        #expect(CSVText.field(text) == field)
        #expect(CSVText.line(["1", text]) == "1,\(field)\n")
    }
}
