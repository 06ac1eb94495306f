internal import PrivacyLedger
internal import PrivacyMechanisms
internal import ReleaseEncoding

extension RecordedStep {
    /// The canonical bytes: no two releases of a recording have the same, and a release has no others.
    func bytes(canaryCount: Int) -> [UInt8] {
        var writer = CanonicalWriter(
            reservingByteCount: 128 + 40 * column.count + 8 * squaredNorms.count + releaseBytes.count)
        writer.byte(2)
        writer.integer(number)
        writer.integer(modelVersion)
        writer.numbers(column)
        writer.byte(encoding.recordingCode)
        writer.fixed(reference.hash.bytes)
        writer.numbers(reference.value)
        writer.count(batchSize)
        writer.count(squaredNorms.count)
        for norm in squaredNorms { writer.integer(norm) }
        writer.count(nonFiniteUnitCount)
        writer.steps(clippedSteps)
        writer.steps(baselineSteps)
        writer.bits(sampledCanaries)
        writer.steps(noiseSteps)
        writer.count(releaseBytes.count)
        writer.fixed(releaseBytes)
        return writer.bytes
    }

    /// Reads a release.
    ///
    /// - Throws: ``RecordingError`` `malformed` for bytes that ``bytes(canaryCount:)`` does not give.
    init(bytes: ArraySlice<UInt8>, number: UInt64, header: RecordingHeader) throws(RecordingError) {
        let dimension = header.plan.dimension
        var reader = RecordingReader(bytes)
        let kind = try reader.byte()
        guard kind == 2 else { throw RecordingError(.malformed, "a record of the unknown kind \(kind)") }
        let stated = try reader.integer()
        guard stated == number else { throw RecordingError(.malformed, "it has the number \(stated)") }
        let modelVersion = try reader.integer()
        let column = try reader.numbers(dimension)
        let encoding = try reader.choice("an encoding") { code in
            VectorEncoding.allCases.first { $0.recordingCode == code }
        }
        guard let hash = ReferenceHash(bytes: try reader.fixed(ReferenceHash.byteCount)) else {
            throw RecordingError(.malformed, "a reference's hash of another size")
        }
        let reference = Reference(value: try reader.numbers(dimension), hash: hash)
        let batchSize = try reader.total()
        let squaredNorms = try reader.integers(try reader.count(ofBytes: 8))
        let nonFiniteUnitCount = try reader.total()
        let clippedSteps = try reader.steps(dimension)
        let baselineSteps = try reader.steps(dimension)
        let sampledCanaries = try reader.bits(header.canaries.count)
        let noiseSteps = try reader.steps(dimension)
        let releaseBytes = try reader.fixed(try reader.count(ofBytes: 1))
        try reader.end()
        self.init(
            number: number, modelVersion: modelVersion, column: column, encoding: encoding,
            reference: reference, batchSize: batchSize, squaredNorms: squaredNorms,
            nonFiniteUnitCount: nonFiniteUnitCount, clippedSteps: clippedSteps, baselineSteps: baselineSteps,
            sampledCanaries: sampledCanaries, noiseSteps: noiseSteps, releaseBytes: releaseBytes)
    }
}

extension VectorEncoding {
    /// The byte that stands for the encoding, as in a release.
    fileprivate var recordingCode: UInt8 {
        switch self {
        case .float64: 1
        case .float32: 2
        case .bfloat16: 3
        }
    }
}
