package import PrivacyMechanisms

/// An auditor's canaries: made-up units whose gradient is one long element, each in or out by a fair coin.
///
/// Clipping makes a canary's gradient C in the direction of its coordinate. Under add-or-remove-one a canary that is out
/// is not there; under replace-one, where the number of units is public, it is there with the opposite sign. Either way
/// its coin moves a sum by the relation's whole sensitivity.
package struct CanarySet: Sendable, Equatable {
    /// The coordinate of each canary, below the plan's dimension; canaries may share one.
    package let coordinates: [UInt32]
    /// Whether each is in.
    package let membership: [Bool]
    /// The gradients' length before clipping, in clipping norms.
    package let length: Double

    /// No canaries.
    package static let none = CanarySet(coordinates: [], membership: [], length: 1)

    private init(coordinates: [UInt32], membership: [Bool], length: Double) {
        self.coordinates = coordinates
        self.membership = membership
        self.length = length
    }

    /// Creates canaries as they were recorded.
    ///
    /// - Throws: ``RecordingError`` `invalidValue` for another number of coins than of coordinates, too many of either,
    ///   or a length out of range.
    package init(
        coordinates: [UInt32], membership: [Bool], recordedLength length: Double
    ) throws(RecordingError) {
        guard coordinates.count == membership.count,
            RecordingLimits.canaryCount.contains(coordinates.count),
            RecordingLimits.canaryLengths.contains(length)
        else {
            throw RecordingError(
                .invalidValue,
                "\(coordinates.count) canaries with \(membership.count) coins and length \(length); at most "
                    + "\(RecordingLimits.canaryCount.upperBound), with a coin each and length "
                    + "\(RecordingLimits.canaryLengths)")
        }
        self.init(coordinates: coordinates, membership: membership, length: length)
    }

    /// Tosses the coins of `count` canaries, one coordinate after the other, around again where there are more.
    ///
    /// - Parameters:
    ///   - plan: Of the releases; it protects a record or a person.
    ///   - random: Decides who is in: unpredictable to the site's program.
    /// - Throws: ``RecordingError`` `invalidValue`.
    package init(
        count: Int, plan: ReleasePlan, length: Double = RecordingLimits.usualCanaryLength,
        using random: inout some RandomNumberGenerator
    ) throws(RecordingError) {
        guard count >= 0 else { throw RecordingError(.invalidValue, "\(count) canaries") }
        try self.init(
            coordinates: (0..<count).map { UInt32($0 % plan.dimension) },
            membership: (0..<count).map { _ in random.next() >> 63 == 1 }, recordedLength: length)
        try require(fitting: plan)
    }

    /// How many there are, in and out.
    package var count: Int { coordinates.count }

    /// Whether no two canaries share a coordinate.
    package var areDistinct: Bool { Set(coordinates).count == coordinates.count }

    /// Whether a canary adds to sums: always under replace-one, otherwise where it is in.
    package func isPresent(_ index: Int, under plan: ReleasePlan) -> Bool {
        plan.normalization.replacesUnits || membership[index]
    }

    /// The canaries that add to sums: the last units, in this order.
    package func presentIndices(under plan: ReleasePlan) -> [Int] {
        (0..<count).filter { isPresent($0, under: plan) }
    }

    /// The sign of a present canary's element.
    package func sign(of index: Int) -> Int64 { membership[index] ? 1 : -1 }

    /// Checks that the canaries fit a plan.
    ///
    /// - Throws: ``RecordingError`` `invalidValue` for a coordinate beyond the dimension, and for canaries where the whole
    ///   site is one unit, to which none can be added.
    func require(fitting plan: ReleasePlan) throws(RecordingError) {
        guard count == 0 || plan.unit != .site else {
            throw RecordingError(
                .invalidValue,
                "a release that protects the whole site has one unit, and no canaries beside it")
        }
        if let place = coordinates.firstIndex(where: { Int($0) >= plan.dimension }) {
            throw RecordingError(
                .invalidValue,
                "canary \(place) is in coordinate \(coordinates[place]) of \(plan.dimension)")
        }
    }
}

extension Normalization {
    /// Whether neighbours replace a unit, so that the number of units is public.
    package var replacesUnits: Bool {
        switch self {
        case .declaredCount: true
        case .expectedBatch: false
        }
    }
}
