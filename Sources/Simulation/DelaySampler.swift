internal import Glibc
internal import SeededRandom

/// Draws delays, and keeps the places in recorded ones.
struct DelaySampler {
    /// What a delay is of: each use has places of its own in recorded delays.
    enum Use: Int, CaseIterable {
        case network, compute, absence, restart, refresh
    }

    /// Whose place it is.
    private struct Place: Hashable {
        /// nil for the aggregator.
        var site: Int?
        var use: Use
    }

    /// What the sites' first places follow from.
    private let startSeed: UInt64
    /// The entries that come next.
    private var positions: [Place: Int] = [:]

    /// Creates a sampler whose places follow from `seed`.
    init(seed: UInt64) {
        // Of another sequence than the seed's own, which the laws with a random part take their numbers from.
        var generator = SeededGenerator(seed: seed ^ 0x7472_6163_6573_7461)
        startSeed = generator.next()
    }

    /// Returns the next delay of a law.
    ///
    /// - Parameters:
    ///   - law: Of all sites, or of the aggregator. A recording begins at an entry that is drawn for the site and the
    ///     use, so that sites do not go through it side by side; the aggregator's begins at its first.
    ///   - own: What the site has in its place; a recording begins at its first entry.
    ///   - site: Whose delay it is, counted from 0; nil for the aggregator.
    ///   - random: What the random part of a law is drawn from; where a recording begins is not.
    mutating func delay(
        _ law: DelayLaw, own: DelayLaw? = nil, _ use: Use, of site: Int?,
        using random: inout SeededGenerator
    ) -> Duration {
        switch own ?? law {
        case .constant(let delay): return delay
        case .offsetExponential(let offset, let mean): return offset + mean * -log(1 - random.uniform())
        case .pareto(let minimum, let shape): return minimum * pow(1 - random.uniform(), -1 / shape)
        case .trace(let delays):
            let place = Place(site: site, use: use)
            let position = positions[place] ?? (own == nil ? start(place, count: delays.count) : 0)
            positions[place] = (position + 1) % delays.count
            return delays[position]
        }
    }

    /// Where a site begins in `count` entries: it follows from the seed, the site and the use alone.
    private func start(_ place: Place, count: Int) -> Int {
        guard let site = place.site else { return 0 }
        let number = UInt64(site * Use.allCases.count + place.use.rawValue)
        var generator = SeededGenerator(seed: startSeed &+ number)
        return generator.integer(below: count)
    }
}
