internal import PrivacyLedger
internal import PrivacyMechanisms

extension RecordingHeader {
    /// The canonical bytes: no two headers have the same, and a header has no others.
    package var bytes: [UInt8] {
        var writer = CanonicalWriter(reservingByteCount: 256 + 5 * canaries.count)
        writer.byte(1)
        for text in [site, run, task] { writer.name(text) }
        writer.byte(plan.unit.code)
        writer.count(plan.dimension)
        writer.number(plan.clippingNorm)
        writer.number(plan.noiseMultiplier)
        switch plan.normalization {
        case .declaredCount(let count):
            writer.byte(1)
            writer.count(count)
        case .expectedBatch(let rate, let count):
            writer.byte(2)
            writer.count(count)
            writer.number(rate)
        }
        writer.byte(plan.noise == .roundedGaussian ? 1 : 2)
        writer.number(step.eta)
        writer.number(step.factor)
        writer.count(unitCount)
        writer.byte(randomness == .operatingSystem ? 1 : 2)
        writer.count(canaries.count)
        writer.number(canaries.length)
        for coordinate in canaries.coordinates { writer.integer(UInt64(coordinate)) }
        writer.bits(canaries.membership)
        return writer.bytes
    }

    /// Reads a header.
    ///
    /// - Throws: ``RecordingError`` `malformed` or `invalidValue` for bytes that ``bytes`` does not give.
    init(bytes: ArraySlice<UInt8>) throws(RecordingError) {
        var reader = RecordingReader(bytes)
        let kind = try reader.byte()
        guard kind == 1 else {
            throw RecordingError(.malformed, "the header: a record of kind \(kind) in its place")
        }
        let (site, run, task) = (try reader.name(), try reader.name(), try reader.name())
        let unit = try reader.choice("a unit") { code in PrivacyUnit.allCases.first { $0.code == code } }
        let dimension = try reader.total()
        let (clippingNorm, noiseMultiplier) = (try reader.number(), try reader.number())
        let normalization: Normalization
        switch try reader.byte() {
        case 1: normalization = .declaredCount(try reader.total())
        case 2:
            let count = try reader.total()
            normalization = .expectedBatch(rate: try reader.number(), declaredCount: count)
        case let code: throw RecordingError(.malformed, "the unknown code \(code) of a normalization")
        }
        let noise = try reader.choice("a distribution of noise") { code -> NoiseDistribution? in
            [1: .roundedGaussian, 2: .discreteGaussian][code]
        }
        let step = try ForwardStep(eta: try reader.number(), factor: try reader.number())
        let unitCount = try reader.total()
        let randomness = try reader.choice("a source of randomness") { code -> RandomnessKind? in
            [1: .operatingSystem, 2: .seeded][code]
        }
        let canaryCount = try reader.count(ofBytes: 8)
        let length = try reader.number()
        var coordinates: [UInt32] = []
        for value in try reader.integers(canaryCount) {
            guard let coordinate = UInt32(exactly: value) else {
                throw RecordingError(.malformed, "the coordinate \(value) of a canary")
            }
            coordinates.append(coordinate)
        }
        let canaries = try CanarySet(
            coordinates: coordinates, membership: try reader.bits(canaryCount), recordedLength: length)
        try reader.end()
        let plan: ReleasePlan
        do throws(MechanismError) {
            plan = try ReleasePlan(
                unit: unit, dimension: dimension, clippingNorm: clippingNorm,
                noiseMultiplier: noiseMultiplier,
                normalization: normalization, noise: noise)
        } catch {
            throw RecordingError(.invalidValue, "the header: \(error.message)")
        }
        try self.init(
            site: site, run: run, task: task, plan: plan, step: step, unitCount: unitCount,
            randomness: randomness, canaries: canaries)
    }
}

extension PrivacyUnit {
    /// The byte that stands for the unit; it never changes its meaning.
    fileprivate var code: UInt8 {
        switch self {
        case .record: 1
        case .person: 2
        case .site: 3
        }
    }
}
