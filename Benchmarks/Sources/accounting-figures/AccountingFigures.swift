internal import FoundationEssentials
internal import Glibc
internal import PrivacyAccounting

/// Measures the accountants, in processor time, on what `Benchmarks/peers` measures another implementation on.
///
/// Reads cases as JSON from standard input and writes a result for each to standard output.
@main
enum AccountingFigures {
    /// What is measured: an epsilon, or the noise for one.
    struct Case: Codable {
        let name: String
        /// `rdp`, `pld` or `calibrate`.
        let what: String
        /// Sampling rate, noise multiplier and count of each release; the noise is ignored by `calibrate`.
        let releases: [[Double]]
        let delta: Double
        /// What `calibrate` keeps.
        let epsilon: Double?
        /// Relative width to which `calibrate` searches.
        let tolerance: Double?
    }

    struct Result: Codable {
        let name: String
        /// The epsilon, or the noise multiplier.
        let value: Double
        let processorSeconds: Double
    }

    static func main() throws {
        var input: [UInt8] = []
        while let line = readLine(strippingNewline: false) { input += line.utf8 }
        let cases = try JSONDecoder().decode([Case].self, from: Data(input))
        // Once to warm caches and tables, once to count.
        let results = try cases.map { one in
            _ = try value(of: one)
            let start = processorSeconds()
            let value = try value(of: one)
            return Result(name: one.name, value: value, processorSeconds: processorSeconds() - start)
        }
        print(String(decoding: try JSONEncoder().encode(results), as: UTF8.self))
    }

    private static func value(of one: Case) throws -> Double {
        func event(_ noise: Double?) -> PrivacyEvent {
            .composed(
                one.releases.map {
                    .selfComposed(
                        .poissonSampled(rate: $0[0], .gaussian(noiseMultiplier: noise ?? $0[1])),
                        count: Int($0[2]))
                })
        }
        switch one.what {
        case "rdp":
            var account = RenyiAccountant(relation: .addOrRemoveOne)
            try account.compose(event(nil))
            return try account.epsilon(delta: one.delta)
        case "pld":
            var account = LossDistributionAccountant(relation: .addOrRemoveOne)
            try account.compose(event(nil))
            return try account.epsilon(delta: one.delta)
        default:
            let target = try PrivacyCalibration(
                epsilon: one.epsilon ?? 1, delta: one.delta, relation: .addOrRemoveOne)
            return try target.noiseMultiplier(
                by: LossDistributionAccountant.self, tolerance: one.tolerance ?? 1e-3, event: event)
        }
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}
