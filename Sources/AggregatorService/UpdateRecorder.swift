package import Federation

/// Hears what the aggregator did, after it is durable.
///
/// Called in order, from one task at a time.
package protocol UpdateRecorder: Sendable {
    func record(_ update: AppliedUpdate)
    func record(_ note: AggregatorNote)
    /// A commit with so many updates took so long to become durable.
    func recordCommit(updateCount: Int, duration: Duration)
    /// A factor of the proximal operator was computed beside the exchange; told when it is at hand.
    func recordRefresh(_ refresh: FactorRefreshRecord)
}

extension UpdateRecorder {
    package func recordCommit(updateCount: Int, duration: Duration) {}
    package func recordRefresh(_ refresh: FactorRefreshRecord) {}
}
