internal import Glibc
internal import SeededRandom

/// How long each exchange of a site takes: a fixed part, and a random one of exponential law.
///
/// The published delays are an offset and "a random value" of unstated law (Baytas et al. 2016, section IV-B).
package struct DelayModel: Sendable {
    /// Seconds.
    package var offset: Double
    /// The mean of the random part, seconds.
    package var randomMean: Double

    package init(offset: Double, randomMean: Double) {
        self.offset = offset
        self.randomMean = randomMean
    }

    /// Returns the delays of each site's exchanges in their order: whatever method runs, a site's k-th exchange takes
    /// as long.
    ///
    /// - Parameters:
    ///   - stepSeconds: What a site's own computation takes, added to each of its delays.
    ///   - speeds: What a site's delays are divided by; nil for 1 each.
    /// - Returns: One list a site, which begins again at its end.
    package func traces(
        stepSeconds: [Double], speeds: [Double]? = nil, count: Int = 2_048, seed: UInt64
    ) -> [[Duration]] {
        stepSeconds.enumerated().map { site, step in
            // The generator mixes its seed: neighbouring ones have nothing in common.
            var random = SeededGenerator(seed: seed << 32 | UInt64(site))
            return (0..<count).map { _ in
                let delay = offset - randomMean * log(1 - random.uniform())
                return .seconds(step + delay / (speeds?[site] ?? 1))
            }
        }
    }
}
