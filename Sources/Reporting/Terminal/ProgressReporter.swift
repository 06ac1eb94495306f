internal import Synchronization

/// Shows how far long work is: a bar on a terminal, a line every few seconds elsewhere.
///
/// May be updated from several tasks at once.
package final class ProgressReporter: Sendable {
    private struct State {
        var completed = 0
        var lastShown: Duration?
        var isFinished = false
    }

    private let title: String
    private let total: Int?
    private let isTerminal: Bool
    private let output: TextOutput
    private let now: @Sendable () -> Duration
    private let start: Duration
    private let state = Mutex(State())

    /// Creates a reporter; it shows nothing before its first update.
    ///
    /// - Parameter title: What is being done.
    /// - Parameter total: The number of steps, or nil when it is not known.
    /// - Parameter isTerminal: Whether `output` is a terminal that redraws its line.
    /// - Parameter now: The time since an arbitrary start, never falling.
    package init(
        title: String, total: Int?, isTerminal: Bool = TextOutput.standardErrorIsTerminal,
        output: TextOutput = .standardError, now: @escaping @Sendable () -> Duration = ProgressReporter.uptime
    ) {
        self.title = title
        self.total = total
        self.isTerminal = isTerminal
        self.output = output
        self.now = now
        start = now()
    }

    /// Returns the time since the machine started.
    package static func uptime() -> Duration {
        SuspendingClock().systemEpoch.duration(to: SuspendingClock.now)
    }

    /// Notes the number of steps done, and shows it when the last showing is long enough ago.
    ///
    /// - Parameter detail: A few words more, such as the residual.
    package func update(completed: Int, detail: @autoclosure () -> String = "") {
        let time = now()
        let interval = isTerminal ? ReportingLimits.barInterval : ReportingLimits.progressLineInterval
        state.withLock { state in
            guard !state.isFinished else { return }
            state.completed = completed
            // Without a terminal the first line, too, waits: short work stays silent.
            let last = state.lastShown ?? (isTerminal ? nil : start)
            if let last, time - last < interval { return }
            state.lastShown = time
            show(completed: completed, detail: detail(), elapsed: time - start)
        }
    }

    /// Shows the last state and ends the line; later updates are not shown.
    package func finish(detail: @autoclosure () -> String = "") {
        let time = now()
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            show(completed: state.completed, detail: detail(), elapsed: time - start)
            if isTerminal { output.write("\n") }
        }
    }

    private func show(completed: Int, detail: String, elapsed: Duration) {
        var parts = [title]
        if let total, total > 0 {
            let fraction = min(max(Double(completed) / Double(total), 0), 1)
            if isTerminal { parts.append(bar(fraction)) }
            parts.append("\(NumberText.fixed((100 * fraction).rounded(.down), decimals: 0))%")
            parts.append("\(completed)/\(total)")
        } else {
            parts.append("\(completed)")
        }
        parts.append("\(elapsed.components.seconds) s")
        if !detail.isEmpty { parts.append(detail) }
        let line = parts.joined(separator: "  ")
        if isTerminal {
            // To the line's start, clear it, draw: one write, so that nothing flickers.
            output.write("\r\u{1B}[K" + line.prefix(ReportingLimits.progressLineWidth))
        } else {
            output.write(line + "\n")
        }
    }

    private func bar(_ fraction: Double) -> String {
        let filled = Int(fraction * Double(ReportingLimits.barWidth))
        let empty = ReportingLimits.barWidth - filled
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: empty) + "]"
    }
}
