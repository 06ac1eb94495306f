/// How far a study has come, and what was counted on the way.
package struct StudyProgress: Sendable, Equatable {
    /// Updates applied.
    package var version: UInt64 = 0
    package var phase = StudyPhase.running
    /// The time that the study has been served, restarts' pauses left out: the clock that events carry goes on from
    /// here.
    package var elapsed = Duration.zero
    /// The version at which the round in progress began; nil where there are no rounds.
    ///
    /// The tasks whose newest update made a later version have arrived in it.
    package var roundStart: UInt64?
    package var statistics = StudyStatistics()
    package var method = MethodProgress()

    package init() {}
}

/// Sums over a whole study, for people; no step depends on them.
package struct StudyStatistics: Sendable, Equatable {
    package var stalenessSum: UInt64 = 0
    package var stalenessMaximum: UInt64 = 0
    /// Of the applied updates; nil before the first.
    package var relaxationMinimum: Double?
    package var relaxationMaximum: Double?
    /// Release bytes of the applied updates.
    package var releaseByteCount: UInt64 = 0
    package var joinCount: UInt64 = 0
    package var duplicateCount: UInt64 = 0
    /// Joins of a site whose counter was ahead, as after the restore of an older state.
    package var sequenceGapCount: UInt64 = 0
    /// Joins of a site whose counter was behind, as after the restore of its own older state.
    package var sitesBehindCount: UInt64 = 0
    package var refusalCounts: [Refusal.Code: UInt64] = [:]
    /// WebSocket frames' bytes that sites sent, and that were sent to them.
    package var bytesUp: UInt64 = 0
    package var bytesDown: UInt64 = 0
    /// When the newest update was applied.
    package var lastUpdateTime = Duration.zero

    package init() {}

    mutating func count(_ update: AppliedUpdate) {
        stalenessSum &+= update.staleness
        stalenessMaximum = max(stalenessMaximum, update.staleness)
        relaxationMinimum = min(relaxationMinimum ?? update.relaxation, update.relaxation)
        relaxationMaximum = max(relaxationMaximum ?? update.relaxation, update.relaxation)
        releaseByteCount += UInt64(update.releaseByteCount)
        lastUpdateTime = update.time
    }

    mutating func count(_ note: AggregatorNote) {
        switch note {
        case .joined: joinCount += 1
        case .refused(_, let refusal): refusalCounts[refusal.code, default: 0] += 1
        case .duplicate: duplicateCount += 1
        case .sequenceGap: sequenceGapCount += 1
        case .siteBehind: sitesBehindCount += 1
        case .left, .absent, .stopped, .fetched, .abandoned, .resumed, .keyRemoved, .keyReturned,
            .refusedTooOften, .gammaChanged, .stepsShortened, .etaChosen, .regularizerValue, .spent,
            .ledgerChanged:
            break
        }
    }
}
