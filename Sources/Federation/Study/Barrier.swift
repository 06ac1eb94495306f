/// How long a synchronous round waits, and for whom no longer.
package struct Barrier: Sendable, Equatable {
    /// What happens when tasks are absent at the timeout.
    package enum AbsentRule: String, Sendable, CaseIterable {
        /// The round goes on with the absent tasks' last columns; a task that is heard again takes part again.
        case proceed = "continue"
        /// The run ends and names them.
        case end
    }

    package let timeout: Duration
    package let absentRule: AbsentRule

    package init(timeout: Duration, absentRule: AbsentRule) {
        self.timeout = timeout
        self.absentRule = absentRule
    }
}
