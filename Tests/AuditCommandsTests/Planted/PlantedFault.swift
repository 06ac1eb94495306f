internal import AuditCommands

/// Something that a site's program does wrong, as docs/privacy-audit.md names it.
enum PlantedFault: String, CaseIterable {
    case noNoise = "no noise"
    case halfSigma = "half sigma"
    case sigmaWithoutC = "sigma not times C"
    case noiseOfTheMean = "noise of the mean on the sum"
    case divisionByTheSample = "division by the true sample"
    case clippingAfterAveraging = "clipping after averaging"
    case reusedNoise = "reused noise"
    case sideField = "un-noised side field"
    case hiddenSideField = "un-noised side field, not recorded"
    case missingEntry = "missing ledger entry"
    case editedSigma = "edited sigma"
    case rewrittenLedger = "edited sigma, all entries signed anew"
    case claimedSigma = "larger sigma in the ledger"
    case fixedBatches = "fixed batches as Poisson samples"
    case wrongRelation = "wrong relation in an entry"
    case claimedRelation = "wrong relation in policy and entries"

    /// A subcommand that finds it, and as what.
    struct Finder: Sendable {
        var subcommand: Subcommand
        var kind: AuditFinding.Kind
    }

    /// The subcommands that look at releases.
    enum Subcommand: String, Sendable {
        case verify
        case noiseTest = "noise-test"
        case canary
    }

    /// Who must find it.
    var finders: [Finder] {
        func noiseTest(_ kind: AuditFinding.Kind) -> Finder { Finder(subcommand: .noiseTest, kind: kind) }
        func verify(_ kind: AuditFinding.Kind) -> Finder { Finder(subcommand: .verify, kind: kind) }
        let canary = Finder(subcommand: .canary, kind: .refutedClaim)
        return switch self {
        case .noNoise: [noiseTest(.otherNoise), canary]
        case .halfSigma, .sigmaWithoutC: [noiseTest(.otherNoise)]
        case .noiseOfTheMean: [noiseTest(.otherNoise), canary]
        case .divisionByTheSample: [noiseTest(.otherRelease)]
        case .clippingAfterAveraging: [noiseTest(.unclipped), canary]
        case .reusedNoise: [noiseTest(.reusedNoise)]
        case .sideField, .hiddenSideField: [noiseTest(.otherRelease)]
        case .missingEntry: [verify(.receiptWithoutEntry), noiseTest(.otherRelease)]
        case .editedSigma: [verify(.brokenChain)]
        case .rewrittenLedger: [verify(.missingHead)]
        case .claimedSigma, .claimedRelation: [noiseTest(.otherParameters)]
        case .fixedBatches: [noiseTest(.otherSamples)]
        case .wrongRelation: [verify(.forbiddenEntry)]
        }
    }

    /// Whether it needs Poisson samples.
    var isSampled: Bool { self == .fixedBatches || self == .divisionByTheSample }
}
