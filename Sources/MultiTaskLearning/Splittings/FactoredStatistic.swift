internal import LinearAlgebra

/// A statistic that answers a column with a product of V and a spectral factor M, of the current V or of one not too old:
/// M V where V has at most as many rows as columns, V M otherwise.
protocol FactoredStatistic: ProximalStatistic {
    var held: HeldFactor { get }
    var policy: FactorPolicy { get }
    /// Whether M multiplies from the left.
    var ofRows: Bool { get }

    /// Returns what a factor of V is computed from, with all that can be changed in place given up to it.
    mutating func usedUpSnapshot(of matrix: Matrix, scale: Double) -> FactorSnapshot
}

extension FactoredStatistic {
    var factorCount: Int { held.count }
    var decompositionCount: Int { held.decompositionCount }
    var factorAge: Int { held.age }

    func hasFactor(scale: Double) -> Bool { held.factor(scale: scale) != nil }

    /// Returns the factor if it is new enough, or else computes one of the current V.
    mutating func factor(of matrix: Matrix, scale: Double) throws -> SpectralFactor {
        if let factor = held.factor(scale: scale, maximumAge: policy.maximumAge) { return factor }
        var snapshot = usedUpSnapshot(of: matrix, scale: scale)
        let refreshed = try snapshot.refresh()
        guard install(refreshed, scale: scale), let factor = refreshed.computed.factor else {
            preconditionFailure("a factor of the current V can be computed from it, and is always newer")
        }
        return factor
    }
}
