internal import Glibc

/// What holds for any mechanism of which only (epsilon, delta) is known: sanity ceilings and conversions.
package enum SimpleComposition {
    /// Returns epsilon of `count` mechanisms of `epsilon` each, deltas adding.
    ///
    /// - SeeAlso: Dwork and Roth 2014, Theorem 3.16.
    package static func basic(epsilon: Double, count: Int) -> Double { (Double(count) * epsilon).nextUp }

    /// Returns epsilon of `count` mechanisms of `epsilon` each, for `deltaSlack` added to their deltas.
    ///
    /// - Note: Above ``basic(epsilon:count:)`` for few or large epsilons: the smaller of both holds.
    /// - SeeAlso: Dwork, Rothblum, Vadhan, FOCS 2010, Theorem III.3.
    package static func advanced(epsilon: Double, count: Int, deltaSlack: Double) -> Double {
        let number = Double(count)
        let sum = epsilon * (2 * number * -log(deltaSlack)).squareRoot() + number * epsilon * expm1(epsilon)
        return sum * (1 + 1e-14)
    }

    /// Returns (epsilon, delta) for groups of `size` records, from the claim for one.
    ///
    /// - SeeAlso: Vadhan, The Complexity of Differential Privacy (2017), Lemma 2.2. For Gaussians without
    ///   sampling a sensitivity of `size` clipping norms is tighter.
    package static func group(
        epsilon: Double, delta: Double, size: Int
    ) -> (epsilon: Double, delta: Double) {
        let factor = epsilon == 0 ? Double(size) : expm1(Double(size) * epsilon) / expm1(epsilon)
        return ((Double(size) * epsilon).nextUp, min(1, delta * factor * (1 + 1e-14)))
    }

    /// Returns (epsilon, delta) on a Poisson sample, from the claim on all records, under add-or-remove-one.
    ///
    /// - SeeAlso: Balle, Barthe, Gaboardi, arXiv 1807.01647, Theorem 8.
    package static func poissonSampled(
        epsilon: Double, delta: Double, rate: Double
    ) -> (epsilon: Double, delta: Double) {
        (log1p(rate * expm1(epsilon)) * (1 + 1e-14), rate * delta)
    }
}
