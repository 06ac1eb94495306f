/// The public number N that a sum is divided by, and with it the neighbouring relation of the release.
///
/// Dividing by the true number of units, or the true size of a sample, under add-or-remove would be a release of its
/// own. A noise multiplier is the standard deviation over the clipping norm C under both; only the distance of two
/// neighbours' sums differs.
package enum Normalization: Sendable, Hashable {
    /// All units take part; N is their declared, public number. Neighbours replace one unit: sums differ by at most
    /// 2 C.
    case declaredCount(Int)
    /// Each unit takes part independently with probability `rate`, 1 for all; N is `rate` times a declared number
    /// that need not be the true one. Neighbours have one unit more or less: sums differ by at most C.
    case expectedBatch(rate: Double, declaredCount: Int)

    /// N.
    package var divisor: Double {
        switch self {
        case .declaredCount(let count): Double(count)
        case .expectedBatch(let rate, let count): rate * Double(count)
        }
    }

    /// The declared number of units.
    package var declaredCount: Int {
        switch self {
        case .declaredCount(let count), .expectedBatch(_, let count): count
        }
    }

    /// The probability of a unit to take part.
    package var samplingRate: Double {
        switch self {
        case .declaredCount: 1
        case .expectedBatch(let rate, _): rate
        }
    }

    /// The largest distance of two neighbours' sums, in clipping norms.
    package var sensitivityPerClippingNorm: Double {
        switch self {
        case .declaredCount: 2
        case .expectedBatch: 1
        }
    }

    /// The name of the neighbouring relation, as the accountants have it.
    package var relationName: String {
        switch self {
        case .declaredCount: "replace-one"
        case .expectedBatch: "add-or-remove-one"
        }
    }
}
