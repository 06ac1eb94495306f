/// What the rows of Figures 3 to 5 differ in.
enum VariedSize: String, Sendable {
    case tasks, records, features
}

/// What one size of Figures 3 to 5 came to; all seconds are virtual.
struct SizeRow: Sendable {
    /// Where a suboptimality was reached; nil where it was not within the run.
    struct Arrival: Sendable {
        var seconds: Double?
        /// Updates over tasks, or rounds.
        var epochs: Double?
    }

    /// The number of tasks, records or features.
    var value: Int
    var taskCount: Int

    /// The seconds of an exchange in the mean, the site's own step included.
    var exchange: Double
    /// The seconds of a site's own step.
    var step: Double
    /// The seconds of an SVD at the aggregator.
    var decomposition: Double
    /// The seconds of a change of a followed factor there.
    var change: Double

    /// The seconds of the figure's iterations of each task; nil where a run ended before.
    var smtl: Double?
    /// With an SVD for each update.
    var amtl: Double?
    var followed: Double?
    /// The same iterations, an exchange with an offset of 1 s.
    var distantSMTL: Double?
    var distantFollowed: Double?
    /// The same iterations on the near delays if nothing but the exchanges took time: with a barrier the sum of the
    /// largest ones, without it the largest sum.
    var exchangesWithBarrier: Double
    var exchangesAlone: Double

    /// To the figure's suboptimality.
    var smtlArrival: Arrival
    var followedArrival: Arrival
    var douglasRachfordArrival: Arrival

    /// Returns one time over another; nil where either is not known.
    static func ratio(_ numerator: Double?, _ denominator: Double?) -> Double? {
        guard let numerator, let denominator, denominator > 0 else { return nil }
        return numerator / denominator
    }

    /// SMTL's seconds over another method's, for the figure's iterations.
    var overAMTL: Double? { Self.ratio(smtl, amtl) }
    var overFollowed: Double? { Self.ratio(smtl, followed) }
    var distantOverFollowed: Double? { Self.ratio(distantSMTL, distantFollowed) }
    /// What they would be by the exchanges alone.
    var overExchanges: Double? { Self.ratio(exchangesWithBarrier, exchangesAlone) }
    /// SMTL's seconds over another method's, to the figure's suboptimality.
    var arrivalOverFollowed: Double? { Self.ratio(smtlArrival.seconds, followedArrival.seconds) }
    var arrivalOverDouglasRachford: Double? {
        Self.ratio(smtlArrival.seconds, douglasRachfordArrival.seconds)
    }
}
