/// Which records take part in a release.
package enum RecordSampling: Sendable, Hashable {
    /// All of them.
    case all
    /// Each one independently with this probability, anew for each release, by the system's generator, and secret.
    ///
    /// - Warning: A shuffled or fixed batch is no Poisson sample.
    case poisson(rate: Double)
    /// A secret sample of fixed size, this part of all records, drawn anew for each release.
    case withoutReplacement(rate: Double)

    /// The part of the records that takes part.
    package var rate: Double {
        switch self {
        case .all: 1
        case .poisson(let rate), .withoutReplacement(let rate): rate
        }
    }

    /// What is done, in words.
    package var name: String {
        switch self {
        case .all: "all records in every release"
        case .poisson(let rate): "Poisson sampling, rate \(rate), secret and anew for each release"
        case .withoutReplacement(let rate):
            "sampling of a fixed size without replacement, rate \(rate), secret and anew for each release"
        }
    }

    /// Whether a policy that allows `self` allows `sampling`: the same kind, at most the same rate.
    func allows(_ sampling: RecordSampling) -> Bool {
        switch (self, sampling) {
        case (.all, .all): true
        case (.poisson(let bound), .poisson(let rate)): rate <= bound
        case (.withoutReplacement(let bound), .withoutReplacement(let rate)): rate <= bound
        default: false
        }
    }

    func require() throws(LedgerError) {
        guard rate > 0, rate <= 1 else {
            throw LedgerError(.invalidValue, "a sampling rate must be above 0 and at most 1, got \(rate)")
        }
    }
}
