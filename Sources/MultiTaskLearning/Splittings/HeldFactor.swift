/// The spectral factor that columns are answered with, and how old it is.
struct HeldFactor: Sendable {
    /// How many changes of V there were so far.
    private(set) var version = 0
    private var factor: SpectralFactor?
    /// The version that the factor is of.
    private var factorVersion = 0
    /// How many factors were taken so far.
    private(set) var count = 0
    /// How many of them took a full decomposition.
    private(set) var decompositionCount = 0

    /// How many changes there were since the V of the factor.
    var age: Int { version - factorVersion }

    /// Takes note of a change of V.
    mutating func columnChanged() { version += 1 }

    /// Returns the factor where it is of this scale and at most so old.
    func factor(scale: Double, maximumAge: Int = .max) -> SpectralFactor? {
        guard let factor, factor.scale == scale, age <= maximumAge else { return nil }
        return factor
    }

    /// Takes a factor; returns whether it is of this scale, and newer than the one at hand.
    mutating func take(_ refreshed: RefreshedFactor, scale: Double) -> Bool {
        guard let new = refreshed.computed.factor, new.scale == scale, refreshed.version <= version,
            factor?.scale != scale || refreshed.version > factorVersion
        else { return false }
        factor = new
        factorVersion = refreshed.version
        count += 1
        if refreshed.isDecomposed { decompositionCount += 1 }
        return true
    }
}
