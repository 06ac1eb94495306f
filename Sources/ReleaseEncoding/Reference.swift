/// The last decoded value of one direction of one task, held by both ends.
///
/// The h of error feedback in the form of EF21 (Richtarik, Sokolov, Fatkhullin 2021, algorithm 1): the
/// difference to it is what travels, and both ends add what was decoded, so no other residual exists.
package struct Reference: Sendable, Equatable {
    /// The vector, shape [dimension].
    package let value: [Double]
    /// The vector's name; ``ReferenceHash/none`` only for a reference that no release has reached yet.
    package let hash: ReferenceHash

    /// Creates the zero vector, which both ends hold without any message.
    package init(dimension: Int) {
        value = [Double](repeating: 0, count: dimension)
        hash = .none
    }

    /// Creates a reference that holds `value`, as when a state is read back.
    package init(value: [Double]) {
        self.value = value
        hash = ReferenceHash(of: value)
    }

    /// Creates a reference that was kept with its name.
    package init(value: [Double], hash: ReferenceHash) {
        self.value = value
        self.hash = hash
    }

    /// Returns h + `difference`, elementwise and in plain order: the same bits at both ends.
    ///
    /// - Throws: ``ReleaseEncodingError`` `outOfRange` where a sum is not finite.
    func advanced(by difference: [Double]) throws -> Reference {
        // Not 0 + d: a full value must arrive exactly, the sign of a zero included.
        guard hash != .none else { return Reference(value: difference) }
        var sum = value
        for index in sum.indices {
            sum[index] += difference[index]
            guard sum[index].isFinite else {
                throw ReleaseEncodingError(
                    .outOfRange,
                    "element \(index) of the reference and its difference add up to no finite number")
            }
        }
        return Reference(value: sum)
    }
}
