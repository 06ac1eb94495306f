package import Federation

/// Hears what the aggregator did, after it is durable.
///
/// Called in order, from one task at a time.
package protocol UpdateRecorder: Sendable {
    func record(_ update: AppliedUpdate)
    func record(_ note: AggregatorNote)
    /// A commit with so many updates took so long to become durable.
    func recordCommit(updateCount: Int, duration: Duration)
}

extension UpdateRecorder {
    package func recordCommit(updateCount: Int, duration: Duration) {}
}
