/// A factor of the proximal operator that was computed beside the exchange.
package struct FactorRefreshRecord: Sendable, Equatable {
    package var duration: Duration
    /// Whether a full decomposition was needed.
    package var isDecomposition: Bool
    /// How many updates old the factor was that it took the place of: no column was answered with an older one.
    package var replacedAge: Int
    /// How many updates were applied while it was computed.
    package var age: Int

    package init(duration: Duration, isDecomposition: Bool, replacedAge: Int, age: Int) {
        self.duration = duration
        self.isDecomposition = isDecomposition
        self.replacedAge = replacedAge
        self.age = age
    }
}
