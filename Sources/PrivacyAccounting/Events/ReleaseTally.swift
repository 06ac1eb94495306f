/// How often each distinct release was made: an event with equal releases counted instead of listed.
///
/// Differential privacy does not depend on the order of releases, so nothing is lost. Adding a release costs
/// O(1), accounting costs by the number of *distinct* releases.
package struct ReleaseTally: Sendable, Equatable {
    /// Equal releases and their number, at least 1.
    package struct Run: Sendable, Equatable {
        /// The release.
        package let release: Release
        /// How often.
        package let count: Int
    }

    private var counts: [Release: Int] = [:]
    /// Whether something was released without protection.
    package private(set) var isNonPrivate = false

    /// Creates the tally of nothing.
    package init() {}

    /// Creates the tally of an event.
    ///
    /// - Throws: ``AccountingError`` `unsupportedEvent` for one that is named so and for sampling of anything
    ///   but one Gaussian release; `invalidParameter`; `tooManyReleases`.
    /// - Complexity: O(nodes of the tree), whatever the counts.
    package init(_ event: PrivacyEvent) throws(AccountingError) {
        try add(event, times: 1, depth: 0)
    }

    /// The runs, in an order that does not depend on the order of releases.
    ///
    /// - Complexity: O(r log r) for r distinct releases.
    package var runs: [Run] {
        counts.sorted { $0.key < $1.key }.map { Run(release: $0.key, count: $0.value) }
    }

    /// The distinct releases, in no particular order.
    package var releases: some Collection<Release> { counts.keys }

    /// Whether nothing was released.
    package var isEmpty: Bool { counts.isEmpty && !isNonPrivate }

    /// Adds `count` times everything of another tally.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` for a negative count, `tooManyReleases`; the tally is
    ///   then as it was.
    package mutating func add(_ other: ReleaseTally, times count: Int = 1) throws(AccountingError) {
        try Self.require(count: count)
        guard count > 0 else { return }
        var sum = self
        for (release, number) in other.counts { try sum.add(release, number, times: count) }
        sum.isNonPrivate = isNonPrivate || other.isNonPrivate
        self = sum
    }

    private mutating func add(
        _ event: PrivacyEvent, times count: Int, depth: Int
    ) throws(AccountingError) {
        guard depth <= AccountingLimits.eventDepth else {
            throw AccountingError(
                .tooManyReleases, "an event is nested deeper than \(AccountingLimits.eventDepth) levels")
        }
        switch event {
        case .nothing: return
        case .nonPrivate: isNonPrivate = isNonPrivate || count > 0
        case .unsupported(let name):
            throw AccountingError(.unsupportedEvent, "the event \"\(name)\" has no privacy analysis")
        case .gaussian(let noise): try add(.gaussian(noiseMultiplier: noise), noise, times: count)
        case .discreteGaussian(let noise):
            try add(.discreteGaussian(noiseMultiplier: noise), noise, times: count)
        case .laplace(let scale): try add(.laplace(scale: scale), scale, times: count)
        case .poissonSampled(let rate, let inner), .sampledWithoutReplacement(let rate, let inner):
            try Self.require(rate: rate)
            // Always checked, also where it is not counted: what has no analysis is an error.
            let sampled = try ReleaseTally(inner)
            guard rate > 0 else { return }
            if rate == 1 { return try add(inner, times: count, depth: depth + 1) }
            isNonPrivate = isNonPrivate || (sampled.isNonPrivate && count > 0)
            guard !sampled.counts.isEmpty else { return }
            guard let (release, number) = sampled.counts.first, sampled.counts.count == 1, number == 1,
                case .gaussian(let noise) = release
            else {
                throw AccountingError(
                    .unsupportedEvent,
                    "only one gaussian release can be sampled (a new sample for each); a sample that several "
                        + "releases share has no analysis here")
            }
            if case .poissonSampled = event {
                try add(.poissonGaussian(rate: rate, noiseMultiplier: noise), 1, times: count)
            } else {
                try add(.fixedSizeGaussian(rate: rate, noiseMultiplier: noise), 1, times: count)
            }
        case .selfComposed(let inner, let number):
            try Self.require(count: number)
            let (product, overflow) = number.multipliedReportingOverflow(by: count)
            guard !overflow else { throw Self.tooMany() }
            try add(inner, times: product, depth: depth + 1)
        case .composed(let events):
            for inner in events { try add(inner, times: count, depth: depth + 1) }
        }
    }

    /// Adds a release with noise, or marks the tally where there is none.
    private mutating func add(
        _ release: Release, _ noiseMultiplier: Double, times count: Int
    ) throws(AccountingError) {
        if noiseMultiplier == 0 {
            isNonPrivate = isNonPrivate || count > 0
        } else {
            try Self.require(noiseMultiplier: noiseMultiplier)
            try add(release, 1, times: count)
        }
    }

    private mutating func add(
        _ release: Release, _ number: Int, times count: Int
    ) throws(AccountingError) {
        guard count > 0 else { return }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: count)
        let (sum, overflow) = counts[release, default: 0].addingReportingOverflow(product)
        guard !isTooLarge, !overflow, sum <= AccountingLimits.releaseCount else { throw Self.tooMany() }
        counts[release] = sum
    }

    private static func require(noiseMultiplier: Double) throws(AccountingError) {
        guard AccountingLimits.noiseMultipliers.contains(noiseMultiplier) else {
            throw AccountingError(
                .invalidParameter,
                "a noise multiplier must be 0 (no privacy) or from \(AccountingLimits.noiseMultipliers.lowerBound)"
                    + " to \(AccountingLimits.noiseMultipliers.upperBound), got \(noiseMultiplier)")
        }
    }

    private static func require(rate: Double) throws(AccountingError) {
        guard rate == 0 || (AccountingLimits.minimumSamplingRate...1).contains(rate) else {
            throw AccountingError(
                .invalidParameter,
                "a sampling rate must be 0 or from \(AccountingLimits.minimumSamplingRate) to 1, got \(rate)")
        }
    }

    private static func require(count: Int) throws(AccountingError) {
        guard count >= 0 else {
            throw AccountingError(.invalidParameter, "a number of releases must be at least 0, got \(count)")
        }
    }

    private static func tooMany() -> AccountingError {
        AccountingError(.tooManyReleases, "more than \(AccountingLimits.releaseCount) equal releases")
    }
}
