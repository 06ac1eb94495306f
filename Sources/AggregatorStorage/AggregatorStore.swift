package import Federation

/// Where an aggregator's state outlives an event: every change passes through here before anybody hears of it.
package protocol AggregatorStore: Sendable {
    /// Returns the stored state; nil where the study has not begun.
    func load() async throws -> AggregatorState?
    /// Begins a study.
    func create(_ state: AggregatorState) async throws
    /// Commits in order, all or nothing; what it covers is durable, to the store's promise, when it returns.
    func commit(_ transactions: [Transaction]) async throws
}

/// A store that ends with the process: an aggregator that restarts has its sites rejoin.
package actor MemoryAggregatorStore: AggregatorStore {
    private var state: AggregatorState?

    /// Creates an empty store.
    package init() {}

    package func load() -> AggregatorState? { state }

    package func create(_ state: AggregatorState) {
        self.state = state
    }

    package func commit(_ transactions: [Transaction]) {
        for transaction in transactions { state?.apply(transaction) }
    }
}
