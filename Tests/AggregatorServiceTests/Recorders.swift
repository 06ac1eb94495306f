internal import AggregatorService
internal import Federation
internal import SiteAgent
internal import TestSupport

/// What an aggregator did, in order.
struct AggregatorHistory: Sendable {
    var applied: [AppliedUpdate] = []
    var notes: [AggregatorNote] = []
    /// The length of ``applied`` when each note was taken.
    var appliedCounts: [Int] = []
    /// Each site's last word on its presence.
    var present: Set<SiteName> = []

    /// The length of ``applied`` when the first such note was taken; nil before it.
    func appliedCount(at predicate: (AggregatorNote) -> Bool) -> Int? {
        notes.firstIndex(where: predicate).map { appliedCounts[$0] }
    }

    var refusals: [Refusal] {
        notes.compactMap { if case .refused(_, let refusal) = $0 { refusal } else { nil } }
    }
}

/// Keeps what an aggregator did, for tests to look at and wait on.
struct AggregatorRecorder: UpdateRecorder {
    private let observed = Observed(AggregatorHistory())

    var value: AggregatorHistory { observed.value }

    /// Waits until the history satisfies `predicate`.
    @discardableResult
    func wait(until predicate: (AggregatorHistory) -> Bool) async throws -> AggregatorHistory {
        try await observed.wait(until: predicate)
    }

    func record(_ update: AppliedUpdate) {
        observed.update { $0.applied.append(update) }
    }

    func record(_ note: AggregatorNote) {
        observed.update { history in
            history.notes.append(note)
            history.appliedCounts.append(history.applied.count)
            switch note {
            case .joined(let site, _): history.present.insert(site)
            case .left(let site): history.present.remove(site)
            default: break
            }
        }
    }
}

/// What a site learned, in order.
struct SiteHistory: Sendable {
    var acceptances: [Acceptance] = []
    var models: [FinalModel] = []
    var notes: [SiteNote] = []
}

/// Keeps what a site learned.
struct TestSiteRecorder: SiteRecorder {
    private let observed = Observed(SiteHistory())

    var value: SiteHistory { observed.value }

    func record(_ acceptance: Acceptance) { observed.update { $0.acceptances.append(acceptance) } }
    func record(loss: Double, errorBound: Double, task: TaskName) {}
    func record(_ note: SiteNote) { observed.update { $0.notes.append(note) } }
    func flushAcceptances() {}
    func keep(_ model: FinalModel) { observed.update { $0.models.append(model) } }
}
