/// The last decoded value of one direction of one task, held by both ends.
///
/// The h of error feedback in the form of EF21 (Richtarik, Sokolov, Fatkhullin 2021, algorithm 1): the
/// difference to it is what travels, and both ends add what was decoded, so no other residual exists.
package struct Reference: Sendable, Equatable {
    /// The vector, shape [dimension].
    package let value: [Double]
    /// The name of the release that made it; ``ReferenceHash/none`` only where no release has reached it yet.
    package let hash: ReferenceHash

    /// Creates the zero vector, which both ends hold without any message.
    package init(dimension: Int) {
        self.init(value: [Double](repeating: 0, count: dimension), hash: .none)
    }

    /// Creates a reference that was kept with its name; the name cannot be told from the vector.
    package init(value: [Double], hash: ReferenceHash) {
        self.value = value
        self.hash = hash
    }
}
