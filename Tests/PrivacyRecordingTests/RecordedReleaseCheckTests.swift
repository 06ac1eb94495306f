internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import Testing

@testable internal import PrivacyRecording

@Suite("What is computed again of a recorded release")
struct RecordedReleaseCheckTests {
    /// The kinds of faults that a change of the second of three releases, or of its entry, gives.
    private func kinds(
        isSampled: Bool = false, _ change: (inout RecordedStep) -> Void = { _ in },
        entry: (inout PrivateRelease) -> Void = { _ in }
    ) throws -> [RecordingFault.Kind] {
        let fixture = try RecordingFixture(seed: 7, isSampled: isSampled)
        let recording = try Recording(bytes: fixture.bytes)
        var check = try RecordedReleaseCheck(recording.header)
        var kinds: [RecordingFault.Kind] = []
        for (index, step) in recording.steps.prefix(2).enumerated() {
            var (step, charge) = (step, fixture.charges[index])
            if index == 1 {
                change(&step)
                entry(&charge)
            }
            kinds += check.faults(of: step, charged: charge).map(\.kind)
        }
        return kinds
    }

    @Test(
        "an honest recording has no fault, whatever the seed", arguments: 1...10 as ClosedRange<UInt64>,
        [false, true])
    func honest(seed: UInt64, isSampled: Bool) throws {
        let fixture = try RecordingFixture(seed: seed, isSampled: isSampled)
        let recording = try Recording(bytes: fixture.bytes)
        var check = try RecordedReleaseCheck(recording.header)
        for (step, charge) in zip(recording.steps, fixture.charges) {
            #expect(check.faults(of: step, charged: charge) == [], "seed \(seed)")
        }
    }

    @Test("a release without an entry, with other bytes or relative to an unknown vector")
    func otherRelease() throws {
        let fixture = try RecordingFixture(seed: 7)
        let recording = try Recording(bytes: fixture.bytes)
        var check = try RecordedReleaseCheck(recording.header)
        #expect(check.faults(of: recording.steps[0], charged: nil).map(\.kind) == [.otherRelease])
        #expect(try kinds { $0 = $0.changed(releaseBytes: $0.releaseBytes + [0]) } == [.otherRelease])
        #expect(try kinds { $0 = $0.changed(releaseBytes: $0.releaseBytes.dropLast()) } == [.otherRelease])
        #expect(
            try kinds {
                $0 = $0.changed(
                    reference: Reference(value: $0.reference.value.map { $0 + 1 }, hash: $0.reference.hash))
            } == [.otherRelease])
        #expect(
            try kinds { $0 = $0.changed(reference: Reference(value: $0.column, hash: .none)) }
                == [.otherRelease])
        #expect(try kinds { $0 = $0.changed(noiseSteps: $0.noiseSteps.reversed()) } == [.otherRelease])
        #expect(
            try kinds { $0 = $0.changed(noiseSteps: [.max] + $0.noiseSteps.dropFirst()) }
                .contains(.otherRelease))
    }

    @Test("an entry whose parameters are not those of the release")
    func otherParameters() throws {
        let changes: [(inout PrivateRelease) -> Void] = [
            { $0.run = "run-2" }, { $0.task = "school-2" }, { $0.modelVersion += 1 },
            { $0.mechanism = .discreteGaussian }, { $0.noiseMultiplier *= 2 },
            { $0.noiseStandardDeviation *= 1.001 }, { $0.clippingNorm *= 2 }, { $0.normBound *= 2 },
            { $0.sampling = .poisson(rate: 0.5) }, { $0.declaredRecordCount += 1 },
            { $0.relation = .addOrRemoveOne }, { $0.unit = .site }, { $0.dimension += 1 },
            { $0.noiseSource = .system }, { $0.noiseSource = .recorded },
        ]
        for (index, change) in changes.enumerated() {
            #expect(try kinds(entry: change) == [.otherParameters], "change \(index)")
        }
        #expect(try kinds(entry: { $0.dataset = LedgerHash(ofRelease: []) }) == [])
        #expect(
            try kinds(isSampled: true, entry: { $0.sampling = .poisson(rate: 0.6) }) == [.otherParameters])
        #expect(try kinds(isSampled: true, entry: { $0.sampling = .all }) == [.otherParameters])
    }

    @Test("noise of the system's generator is charged as recorded, and a seed's has no place beside it")
    func systemNoise() throws {
        let plan = try RecordingFixture.plan(isSampled: false)
        let step = try ForwardStep(eta: 1, factor: 1)
        let rows = RecordingFixture.Rows(rows: [[1, 2, 3, 4, 5]])
        let header = try RecordingHeader(
            site: "north", run: "run-1", task: "school-1", plan: plan, step: step, unitCount: 1,
            randomness: .operatingSystem, canaries: .none)
        var bytes: [UInt8] = []
        var recorder = try ReleaseRecorder(header) { bytes += $0 }
        func surroundings(_ sum: NoisedSum<some RandomnessSource>) throws -> ReleaseSurroundings {
            let column = [0.5, 0.25, 0, -1, -0]
            let reference = Reference(dimension: 5)
            return ReleaseSurroundings(
                modelVersion: 0, column: column, encoding: .float64, reference: reference,
                releaseBytes: try ReleaseCodec.encode(
                    step.update(of: column, mean: sum.mean()), relativeTo: reference, encoding: .float64
                ).release)
        }
        var system = try RecordingMechanism(plan, source: SystemRandomness())
        let recorded = try system.release(of: rows)
        try recorder.record(recorded, surroundings(recorded.released)) { bytes += $0 }
        var seeded = try RecordingMechanism(plan, source: SeededRandomness(seed: 1))
        let other = try seeded.release(of: rows)
        #expect(throws: RecordingError(.invalidValue, "")) {
            try recorder.record(other, surroundings(other.released)) { bytes += $0 }
        }
        let recording = try Recording(bytes: bytes)
        #expect(recording.steps.count == 1)
        var charge = try #require(RecordingFixture(seed: 1).charges.first)
        for (source, kinds) in [
            (.recorded, []), (.system, [.otherParameters]), (.seeded, [.otherParameters]),
        ] as [(NoiseSource, [RecordingFault.Kind])] {
            charge.noiseSource = source
            var check = try RecordedReleaseCheck(recording.header)
            #expect(check.faults(of: recording.steps[0], charged: charge).map(\.kind) == kinds)
        }
    }

    @Test("norms above the bound, of other units than took part, and sums that no clipping gives")
    func unclipped() throws {
        let bound = try RecordingFixture.plan(isSampled: false).grid.squaredBound
        func norms(_ change: @escaping (inout [UInt64]) -> Void) -> (inout RecordedStep) -> Void {
            { step in
                var norms = step.squaredNorms
                change(&norms)
                step = step.changed(squaredNorms: norms)
            }
        }
        #expect(try kinds(norms { $0[3] = bound }) == [])
        #expect(try kinds(norms { $0[3] = bound + 1 }) == [.unclipped])
        #expect(try kinds(norms { $0.removeLast() }) == [.unclipped])
        #expect(try kinds(norms { for index in $0.indices { $0[index] = 0 } }) == [.unclipped])
        #expect(
            try kinds {
                $0 = $0.changed(squaredNorms: Array($0.squaredNorms.dropLast()), batchSize: $0.batchSize - 1)
            } == [.unclipped])
        #expect(
            try kinds { step in
                step = step.changed(
                    baselineSteps: [step.baselineSteps[0] + 1] + step.baselineSteps.dropFirst())
            } == [.unclipped])
        #expect(
            try kinds { $0 = $0.changed(sampledCanaries: $0.sampledCanaries.map { !$0 }) } == [.unclipped])
        #expect(
            try kinds(isSampled: true) { $0 = $0.changed(sampledCanaries: $0.sampledCanaries.map { !$0 }) }
                == [.unclipped])
    }
}

extension RecordedStep {
    /// Returns the step with other values in some places.
    fileprivate func changed(
        reference: Reference? = nil, squaredNorms: [UInt64]? = nil, batchSize: Int? = nil,
        baselineSteps: [Int64]? = nil, sampledCanaries: [Bool]? = nil, noiseSteps: [Int64]? = nil,
        releaseBytes: [UInt8]? = nil
    ) -> Self {
        Self(
            number: number, modelVersion: modelVersion, column: column, encoding: encoding,
            reference: reference ?? self.reference, batchSize: batchSize ?? self.batchSize,
            squaredNorms: squaredNorms ?? self.squaredNorms, nonFiniteUnitCount: nonFiniteUnitCount,
            clippedSteps: clippedSteps, baselineSteps: baselineSteps ?? self.baselineSteps,
            sampledCanaries: sampledCanaries ?? self.sampledCanaries,
            noiseSteps: noiseSteps ?? self.noiseSteps, releaseBytes: releaseBytes ?? self.releaseBytes)
    }
}
