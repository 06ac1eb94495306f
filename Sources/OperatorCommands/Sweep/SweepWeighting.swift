internal import ArgumentParser

/// What a task counts in the mean score of a sweep.
package enum SweepWeighting: String, Sendable, CaseIterable {
    /// Once.
    case tasks
    /// As often as it has scored records.
    case records
}

extension SweepWeighting: ExpressibleByArgument {}
