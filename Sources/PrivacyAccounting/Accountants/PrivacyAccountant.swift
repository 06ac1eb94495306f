/// Keeps account of everything released from one data set, and says what was spent.
///
/// Epsilon and delta hold for parameters (noise, rates, numbers of releases) that were not chosen from
/// earlier outputs; where they were, a ``PrivacyFilter`` is needed.
package protocol PrivacyAccountant: Sendable {
    /// What it is called on command lines and in statements.
    static var name: String { get }
    /// The neighbouring relation of the claim.
    var relation: NeighbouringRelation { get }
    /// Everything that was composed.
    var tally: ReleaseTally { get }

    /// Creates the account of nothing.
    init(relation: NeighbouringRelation)

    /// Adds everything of a tally.
    ///
    /// - Throws: ``AccountingError`` `unsupportedEvent` for a release that this accountant does not analyse
    ///   under its relation; the account is then as it was.
    mutating func compose(_ tally: ReleaseTally) throws(AccountingError)

    /// Returns an epsilon that holds at `delta`; infinite where something was released without protection.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` unless delta is above 0 and below 1.
    func epsilon(delta: Double) throws(AccountingError) -> Double

    /// Returns a delta that holds at `epsilon`; 1 where something was released without protection.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` unless epsilon is finite and at least 0.
    func delta(epsilon: Double) throws(AccountingError) -> Double
}

extension PrivacyAccountant {
    /// Adds `count` times an event.
    ///
    /// - Throws: As ``ReleaseTally/init(_:)`` and ``compose(_:)``; the account is then as it was.
    package mutating func compose(_ event: PrivacyEvent, count: Int = 1) throws(AccountingError) {
        try compose(ReleaseTally(.selfComposed(event, count: count)))
    }

    /// The error of an accountant that does not analyse a release.
    func unsupported(_ release: Release) -> AccountingError {
        AccountingError(
            .unsupportedEvent,
            "the accountant \(Self.name) has no analysis of \(release.name) under \(relation.rawValue)")
    }
}
