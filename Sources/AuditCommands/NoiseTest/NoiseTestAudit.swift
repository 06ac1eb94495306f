internal import Glibc
internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import PrivacyRecording

/// The recorded noise and samples of a folder against what its ledgers claim.
package struct NoiseTestAudit: Sendable {
    /// The probability that an honest run is called faulty, over all tests of all recordings together.
    static let significance = 1e-6

    /// One recording's tests.
    struct Tested: Sendable {
        var place: String
        var stepCount: Int
        var step: ForwardStep?
        var tests: [StatisticalTest]
    }

    /// The recordings, by file.
    let recordings: [Tested]
    /// The p value below which a test fails: the significance over the number of tests.
    let threshold: Double
    /// What was found, gravest first.
    package private(set) var findings: [AuditFinding]

    /// Tests a folder.
    ///
    /// - Throws: `CommandError` for a folder without recordings; errors of files that cannot be read.
    package init(folder: String) throws {
        let audit = try RecordingAudit(folder: folder)
        findings = audit.findings
        let readings = audit.sites.flatMap(\.recordings)
        let noise = readings.map(Self.noiseTests)
        let batches = readings.map(Self.batchTests)
        let reuse = audit.sites.map { Self.reuse(in: $0.recordings) }
        let count =
            (noise + batches).flatMap { $0 }.reduce(0) { $0 + $1.count } + reuse.count(where: { $0 != nil })
        threshold = Self.significance / Double(max(count, 1))
        recordings = readings.indices.map { index in
            Tested(
                place: readings[index].place, stepCount: readings[index].stepCount,
                step: readings[index].header?.step, tests: noise[index] + batches[index])
        }
        for (index, reading) in readings.enumerated() {
            findings += [
                finding(.otherNoise, reading, noise[index]), finding(.otherSamples, reading, batches[index]),
            ].compactMap(\.self)
        }
        for found in reuse.compactMap(\.self) where found.chance < threshold {
            findings.append(
                AuditFinding(
                    .reusedNoise, found.use.place, release: found.use.release,
                    "release \(found.use.release): its noise was added to another sum before, in release "
                        + "\(found.earlier.release) of \(found.earlier.place)"))
        }
        AuditFinding.sort(&findings)
    }

    /// The exit status: 0, or that of the gravest finding.
    package var exitStatus: Int32 { findings.first?.kind.exitStatus ?? 0 }

    private func finding(
        _ kind: AuditFinding.Kind, _ reading: RecordingReading, _ tests: [StatisticalTest]
    ) -> AuditFinding? {
        let failed = tests.filter { $0.pValue < threshold }
        guard let worst = failed.min(by: { $0.pValue < $1.pValue }) else { return nil }
        // A test of each release names one; others are of all together.
        let place = failed.lazy.compactMap(\.place).first.map { reading.releases[$0].step.number }
        let of = place.map { "release \($0): " } ?? "all releases: "
        return AuditFinding(
            kind, reading.place, release: place,
            of + failed.map(\.name).joined(separator: ", ")
                + " \(failed.count > 1 ? "are" : "is") not as claimed, by chance with probability "
                + "\(worst.pValue) at most")
    }

    private static func noiseTests(_ reading: RecordingReading) -> [StatisticalTest] {
        guard let step = reading.header?.plan.grid.step else { return [] }
        return NoiseStatistics.tests(
            of: reading.releases.map { release in
                let deviation = release.charged.noiseStandardDeviation / step
                return release.step.noiseSteps.map { Double($0) / deviation }
            }, addedTo: reading.releases.map { $0.step.clippedSteps.map { Double($0) } })
    }

    /// Tests the sizes of samples, by the ledger's sampling; a release of all records has all of them or is not clipped
    /// as claimed.
    private static func batchTests(_ reading: RecordingReading) -> [StatisticalTest] {
        guard let unitCount = reading.header?.unitCount else { return [] }
        var sizes: [Double: [Int]] = [:]
        for release in reading.releases {
            if case .poisson(let rate) = release.charged.sampling, rate < 1,
                release.step.batchSize <= unitCount
            {
                sizes[rate, default: []].append(release.step.batchSize)
            }
        }
        return sizes.sorted { $0.key < $1.key }.flatMap {
            BatchSizeStatistics.tests(of: $0.value, unitCount: unitCount, rate: $0.key)
        }
    }

    /// The first noise of a site that was added to two sums, and a bound on the probability that chance made any two
    /// equal; nil where there is none.
    private static func reuse(
        in recordings: [RecordingReading]
    ) -> (use: RecordingReading.NoiseUse, earlier: RecordingReading.NoiseUse, chance: Double)? {
        let uses = recordings.flatMap(\.noise)
        var first: [LedgerHash: RecordingReading.NoiseUse] = [:]
        for use in uses {
            guard let earlier = first[use.noise] else {
                first[use.noise] = use
                continue
            }
            guard earlier.sum != use.sum else { continue }
            // Two rounded Gaussians agree in an element with probability 1 / (2 sqrt(pi) s) at most.
            let plans = recordings.compactMap(\.header?.plan)
            let logChance = plans.map { plan in
                -Double(plan.dimension) * log(2 * Double.pi.squareRoot() * plan.scale)
            }.max()
            let pairs = Double(uses.count) * Double(uses.count) / 2
            return (use, earlier, min(1, pairs * exp(logChance ?? 0)))
        }
        return nil
    }
}
