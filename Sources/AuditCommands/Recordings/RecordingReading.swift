internal import PrivacyLedger
internal import PrivacyMechanisms
internal import PrivacyRecording

/// One recording as an auditor reads it, beside the ledger's entries of its releases.
struct RecordingReading {
    /// A release whose noise is seen for the first time, with what the ledger says of it.
    struct Release {
        var step: RecordedStep
        var charge: LedgerReading.Charge
        /// The entry's parameters.
        var charged: PrivateRelease
    }

    /// The file, from the audited folder on.
    let place: String
    /// nil where not even that is good.
    let header: RecordingHeader?
    /// How many releases were recorded.
    let stepCount: Int
    /// The releases that the ledger charges, each noisy sum once: one that is sent again, as a full value, is none.
    private(set) var releases: [Release] = []
    /// What every release was charged as, also those sent again.
    private(set) var charges: [LedgerReading.Charge] = []
    private(set) var findings: [AuditFinding] = []
    /// Noise vectors with the sums that they were added to, by their release.
    private(set) var noise: [NoiseUse] = []

    /// A noise vector and what it was added to.
    struct NoiseUse {
        var noise: LedgerHash
        var sum: LedgerHash
        var place: String
        var release: UInt64
    }

    /// Reads a recording and checks all that needs no statistics.
    ///
    /// - Parameter charged: The charges of the site's ledgers, by hash.
    init(_ file: AuditFolder.File, site: String, charged: [LedgerHash: LedgerReading.Charge]) {
        place = file.place
        let recording: Recording
        var check: RecordedReleaseCheck
        do throws(RecordingError) {
            recording = try Recording(bytes: file.bytes)
            check = try RecordedReleaseCheck(recording.header)
        } catch {
            header = nil
            stepCount = 0
            findings = [AuditFinding(.badRecording, file.place, error.message)]
            return
        }
        header = recording.header
        stepCount = recording.steps.count
        if recording.header.site != site {
            findings.append(
                AuditFinding(
                    .badRecording, place,
                    "a recording of site \(recording.header.site) in the folder of site \(site)"))
        }
        var found: [RecordingFault.Kind: (first: UInt64, message: String, count: Int)] = [:]
        var sums: Set<LedgerHash> = []
        for step in recording.steps {
            let charge = charged[step.hash]
            for fault in check.faults(of: step, charged: charge?.release) {
                found[fault.kind, default: (step.number, fault.message, 0)].count += 1
            }
            let use = NoiseUse(
                noise: LedgerHash(of: [step.noiseSteps]),
                sum: LedgerHash(of: [step.noiseSteps, step.clippedSteps]), place: place, release: step.number)
            noise.append(use)
            guard let charge, let release = charge.release else { continue }
            charges.append(charge)
            if sums.insert(use.sum).inserted {
                releases.append(Release(step: step, charge: charge, charged: release))
            }
        }
        for kind in RecordingFault.Kind.allCases {
            guard let fault = found[kind] else { continue }
            let more = fault.count > 1 ? "; so \(fault.count - 1) more" : ""
            findings.append(
                AuditFinding(
                    AuditFinding.Kind(kind), place, release: fault.first,
                    "release \(fault.first): \(fault.message)\(more)"))
        }
    }
}

extension AuditFinding.Kind {
    /// Creates the kind of a fault that needs no statistics.
    fileprivate init(_ kind: RecordingFault.Kind) {
        switch kind {
        case .otherRelease: self = .otherRelease
        case .otherParameters: self = .otherParameters
        case .unclipped: self = .unclipped
        }
    }
}

extension LedgerHash {
    /// Creates the hash of vectors of grid steps, for comparisons alone.
    fileprivate init(of vectors: [[Int64]]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vectors.reduce(0) { $0 + 8 * $1.count })
        for step in vectors.joined() {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: step >> Int64(shift)))
            }
        }
        self.init(ofRelease: bytes)
    }
}
