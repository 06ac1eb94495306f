/// What is proven about an epsilon or a delta from both sides.
package struct PrivacyBounds: Sendable, Equatable {
    /// No smaller value holds.
    package let lower: Double
    /// This value holds: the one to claim.
    package let upper: Double
}
