package import Federation
package import LinearAlgebra

/// What a simulated run left behind.
package struct SimulationResult: Sendable {
    /// The model, dimension x tasks, in the order of the plan's tasks.
    package var model: Matrix
    package var phase: StudyPhase
    /// What the aggregator had committed.
    package var store: AggregatorState
    /// Final models by task as the sites kept them.
    package var kept: [TaskName: FinalModel] = [:]
    /// Every acceptance that a site received, in the order of receipt.
    ///
    /// A resent update may be accepted again.
    package var acceptances: [Acceptance] = []
    /// The accepted-update log of the aggregator's last state.
    package var log: [AppliedUpdate] = []
    package var notes: [AggregatorNote] = []
    package var siteNotes: [SiteNote] = []
    /// Messages that sites sent with a full value rather than a difference.
    package var fullUpdateCount = 0
    package var updateCount = 0
    package var outcomes: [SiteName: SiteOutcome] = [:]
    /// gamma after each change, in states that were taken back too.
    package var gammas: [(value: Double, epoch: UInt64)] = []
    package var virtualTime = Duration.zero
    package var eventCount = 0
    /// The release hashes that a task's number was ever applied with, in states that were taken back too.
    package var appliedHashes: [TaskName: [UInt64: Set<[UInt8]>]] = [:]
    /// Applied updates that older copies of the store did not hold.
    package var discardedCount = 0
    package var siteKillCount = 0
    package var aggregatorKillCount = 0
    package var connectionLossCount = 0
    package var dropOutCount = 0
    /// Factors of the proximal operator that were computed in virtual time and installed.
    package var refreshCount = 0
    /// How many updates old the oldest of them was when the next took its place.
    package var largestFactorAge = 0
    /// Events whose answer waited for one.
    package var waitCount = 0
    /// Encoded bytes of vectors, site to aggregator and back.
    package var releaseBytesUp = 0
    package var releaseBytesDown = 0
    /// Whether the aggregator was done before the event limit.
    package var isDone = false

    /// Mean staleness of the applied updates, in versions.
    package var meanStaleness: Double {
        log.isEmpty ? 0 : log.reduce(0) { $0 + Double($1.staleness) } / Double(log.count)
    }
}
