internal import LinearAlgebra

/// The function of singular values min over theta of coefficient * sum_i sigma_i^2 / theta_i, each theta_i from `lower`
/// to `upper`, all T of them adding up to at most `total`.
///
/// For a d x T matrix with these singular values it is the minimum over matrices Theta of
/// coefficient * tr(W Theta^-1 W') with eigenvalues in that range and that trace: no semidefinite program is
/// needed. T - min(d, T) singular values are 0 and leave their share, but for `lower`, to the others.
///
/// - SeeAlso: Jacob, Bach, Vert, Clustered multi-task learning: a convex formulation (NIPS 2008), appendix.
struct SpectralBudget {
    let coefficient: Double
    /// At least 0, below or at `upper`.
    let lower: Double
    let upper: Double
    /// From T lower to T upper.
    let total: Double
    /// T.
    let count: Int

    /// Returns the function at singular values, descending, of which those left out are 0.
    func value(_ sigma: [Double]) -> Double {
        zip(sigma, spending(on: sigma, offset: 0).shares).reduce(0) { sum, pair in
            // No share is left for what rounding made of a 0.
            pair.1 == 0 ? sum : sum + coefficient * pair.0 * (pair.0 / pair.1)
        }
    }

    /// Returns what the proximal operator makes of singular values, sigma theta / (theta + 2 scale coefficient).
    func proximal(of sigma: [Double], scale: Double) -> [Double] {
        let offset = 2 * scale * coefficient
        return zip(sigma, spending(on: sigma, offset: offset).shares).map { $0 * ($1 / ($1 + offset)) }
    }

    /// Returns what the proximal operator multiplies singular values by, descending as they are.
    func proximalShares(of sigma: [Double], scale: Double) -> SpectralShares {
        let offset = 2 * scale * coefficient
        let spending = spending(on: sigma, offset: offset)
        let factors = spending.shares.map { $0 / ($0 + offset) }
        let least = factors.last ?? 0
        return SpectralShares(
            above: Array(factors.prefix { $0 > least }), least: least, threshold: spending.threshold)
    }

    /// Returns the conjugate: the budget is spent on the largest values, sum_i theta_i sigma_i^2 / (4 coefficient).
    func conjugate(of sigma: [Double]) -> Double {
        var left = total - Double(count) * lower
        var sum = CompensatedSum()
        for value in sigma {
            let share = min(upper - lower, max(0, left))
            left -= share
            sum.add((lower + share) * (value * value / (4 * coefficient)))
        }
        return sum.value
    }

    /// Returns the shares clip(x sigma_i - offset, lower, upper) with x such that the budget is used up, and the singular
    /// value up to which they are `lower`; 0 where all have what they may.
    private func spending(on sigma: [Double], offset: Double) -> (shares: [Double], threshold: Double) {
        let cutoff = Double.ulpOfOne * (sigma.first ?? 0)
        let seen = sigma.prefix { $0 > cutoff }
        let budget = total - lower * Double(count - seen.count)
        guard budget < upper * Double(seen.count) else {
            return (sigma.indices.map { $0 < seen.count ? upper : lower }, 0)
        }
        guard let largest = seen.first else { return (sigma.map { _ in lower }, 0) }
        // In units of the largest, so that no product overflows.
        let slopes = seen.map { $0 / largest }
        let sum = ClippedLinearSum(
            slopes: slopes, offsets: [Double](repeating: -offset, count: seen.count), lower: lower,
            upper: upper)
        let x = sum.root(of: budget)
        let shares = sigma.indices.map { index in
            index < seen.count ? min(max(x * slopes[index] - offset, lower), upper) : lower
        }
        return (shares, (offset + lower) / x * largest)
    }
}

/// What a proximal operator multiplies singular values by.
struct SpectralShares {
    /// Those above the least, by descending singular value.
    let above: [Double]
    /// That of all other singular values.
    let least: Double
    /// The singular value up to which there is the least share alone; 0 where the budget does not bind, so that all that is
    /// not 0 has the largest share.
    let threshold: Double
}
