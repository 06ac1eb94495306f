internal import Glibc

/// Two distributions that dominate a release of a Poisson-sampled Gaussian sum between neighbours, in one
/// direction.
///
/// With s the noise multiplier, q the rate, N(m) the normal distribution of mean m and variance s^2:
///
/// | direction | P | Q |
/// |---|---|---|
/// | remove | (1-q) N(0) + q N(1) | N(0) |
/// | add | N(0) | (1-q) N(0) + q N(1) |
/// | replace | (1-q) N(0) + q N(1) | (1-q) N(0) + q N(-1) |
///
/// The privacy loss is L = ln dP/dQ; its moments E_Q[e^(a L)] = E_P[e^((a-1) L)] for complex a are what the
/// Renyi accountant and the loss distribution are computed from.
///
/// - SeeAlso: Zhu, Dong, Wang, arXiv 2106.08567, section 3 (dominating pairs and their composition; Poisson
///   sampling); Mironov, Talwar, Zhang, arXiv 1908.10530.
struct SampledGaussianPair: Hashable, Sendable {
    enum Direction: Hashable, Sendable { case remove, add, replace }

    /// Above 0 and below 1.
    let rate: Double
    let noiseMultiplier: Double
    let direction: Direction

    private var variance: Double { noiseMultiplier * noiseMultiplier }

    /// The directions of which the larger epsilon counts; replacing is symmetric.
    static func directions(_ relation: NeighbouringRelation) -> [Direction] {
        switch relation {
        case .addOrRemoveOne: [.remove, .add]
        case .replaceOne: [.replace]
        }
    }

    /// Returns ln((1-q) + q e^v), without cancellation for small q or v.
    private func logMixture(_ v: Double) -> Double {
        v < 40 ? log1p(rate * expm1(v)) : v + log(rate) + log1p((1 - rate) / rate * exp(-v))
    }

    /// ln of the mixture of N(0) and N(1) over N(0), rising with x.
    private func logRight(_ x: Double) -> Double { logMixture((2 * x - 1) / (2 * variance)) }

    /// ln of the mixture of N(0) and N(-1) over N(0), falling with x.
    private func logLeft(_ x: Double) -> Double { logMixture((-2 * x - 1) / (2 * variance)) }

    /// Returns, at x, the loss and the logarithm of the density of Q up to the constant -ln(s sqrt(2 pi)).
    func point(_ x: Double) -> (loss: Double, logDensity: Double) {
        let base = -x * x / (2 * variance)
        switch direction {
        case .remove: return (logRight(x), base)
        case .add:
            let right = logRight(x)
            return (-right, base + right)
        case .replace:
            let left = logLeft(x)
            return (logRight(x) - left, base + left)
        }
    }

    /// The exponents with which the two mixtures stand in the integrand of the moment of an order.
    private func exponents(order: Double) -> (right: Double, left: Double) {
        switch direction {
        case .remove: (order, 0)
        case .add: (1 - order, 0)
        case .replace: (order, 1 - order)
        }
    }

    /// Returns an interval outside of which the integrand of the moment of real order `order`, at least 1,
    /// has less than e^-`accuracy` of its integral.
    ///
    /// The moment is at least 1, and at least the integral of (q e^v)^order where the right mixture has that
    /// exponent. From an interval that holds by the mixtures' bounds, steps of s / 2 are cut while a bound on
    /// the integrand there, term by monotone term, is below e^-(accuracy + 8) of that.
    func support(order: Double, accuracy: Double) -> ClosedRange<Double> {
        let (right, left) = exponents(order: order)
        let bump = order * log(rate) + order * (order - 1) / (2 * variance) - log(2.0)
        let threshold = (direction == .add ? 0 : max(0, bump)) - accuracy - 8
        // What a mixture in the denominator adds at most: each is at least 1 - q.
        let excess = max(0, order - 1) * -log1p(-rate)
        let reach = noiseMultiplier * (2 * (max(0, -threshold) + excess)).squareRoot() + noiseMultiplier
        func bound(_ low: Double, _ high: Double) -> Double {
            let nearest = low > 0 ? low : min(high, 0)
            let rightTerm = right == 0 ? 0 : right * logRight(right > 0 ? high : low)
            let leftTerm = left == 0 ? 0 : left * logLeft(left > 0 ? low : high)
            return -nearest * nearest / (2 * variance) + rightTerm + leftTerm
        }
        var low = -reach - 0.5
        var high = 0.5 + reach
        if direction != .add {
            // Beyond `order` the integrand falls at least like a normal density around it, but for the
            // excess.
            high = max(high, order)
            while right * logRight(high) - high * high / (2 * variance) + (left == 0 ? 0 : excess) > threshold
            {
                high += noiseMultiplier
            }
        }
        let step = noiseMultiplier / 2
        while high - 2 * step > low, bound(high - step, high) < threshold { high -= step }
        while low + 2 * step < high, bound(low, low + step) < threshold { low += step }
        return low...high
    }

    /// Returns a step of the trapezoidal rule whose error on the moment of complex order a + i f, |f| at most
    /// `frequency`, is at most e^-`accuracy` of the moment of real order a.
    ///
    /// The integrand is analytic in the strip |Im x| < pi s^2, where a mixture first vanishes. On the lines
    /// Im x = +-v s^2 it is at most e^(s^2 v^2 / 2 + k f v) cos(v / 2)^-m times its size on the real line,
    /// where k is 1, or 2 for replacing, and m the exponent with which a mixture stands in the denominator;
    /// the rule's error is below 2 / (e^(2 pi v s^2 / h) - 1) times that. The widest step over several v is
    /// taken.
    ///
    /// - SeeAlso: Trefethen and Weideman, SIAM Review 56 (2014), Theorem 5.1.
    func step(order: Double, frequency: Double, accuracy: Double) -> Double {
        let phase = direction == .replace ? 2.0 : 1.0
        let exponent = direction == .remove ? max(0, -order) : max(0, order - 1)
        // Without the other terms v = sqrt(2 accuracy) / s would be best; 3 is close to the strip's edge.
        let largest = min(3, 1.5 * (2 * accuracy).squareRoot() / noiseMultiplier)
        var widest = 0.0
        for index in 1...30 {
            let v = largest * Double(index) / 30
            let growth =
                variance * v * v / 2 + phase * frequency * v - exponent * log(cos(v / 2)) + log(2.000_001)
            widest = max(widest, 2 * Double.pi * v * variance / (accuracy + growth))
        }
        return widest
    }
}
