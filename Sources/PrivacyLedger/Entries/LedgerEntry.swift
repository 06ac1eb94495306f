/// One entry of a ledger.
package struct LedgerEntry: Sendable, Equatable {
    /// Its number in the ledger, from 0, without gaps.
    package let sequence: UInt64
    /// The hash of the record before it; zero in the first.
    package let previous: LedgerHash
    /// Milliseconds since 1970 by the site's clock, on which nothing depends.
    package let time: Int64
    /// The site that keeps the ledger.
    package let site: String
    /// What happened.
    package let content: Content

    /// What an entry says.
    package enum Content: Sendable, Equatable {
        /// The first entry: whose ledger of which data it is, and the ceiling.
        case opened(Opening)
        /// Release bytes with this hash were charged, and may have left from then on.
        case charged(PrivateRelease, release: LedgerHash)
        /// A release that was not allowed; its bytes have not left.
        case refused(PrivateRelease, release: LedgerHash, Refusal)
        /// The end of the file was no whole record and was replaced by this entry.
        case recovered(Recovery)
        /// The site's administrator changed the ceiling, from here on.
        case policyChanged(PrivacyPolicy)
        /// An aggregator has signed a head of this ledger.
        case acknowledged(CountersignedHead)
    }

    /// What the first entry says.
    package struct Opening: Sendable, Equatable {
        /// The Ed25519 key that signs the entries, 32 bytes.
        package let signingKey: [UInt8]
        /// ``DatasetCommitment`` of the records that this ledger accounts for.
        package let dataset: LedgerHash
        /// The ceiling.
        package let policy: PrivacyPolicy

        package init(signingKey: [UInt8], dataset: LedgerHash, policy: PrivacyPolicy) {
            self.signingKey = signingKey
            self.dataset = dataset
            self.policy = policy
        }
    }

    /// What was found at the end of a file, and what is charged for it: the policy's largest release.
    package struct Recovery: Sendable, Equatable {
        /// Where the bytes began, which is where this entry begins.
        package let offset: UInt64
        package let byteCount: UInt64
        /// BLAKE2b-256 of the bytes.
        package let hash: LedgerHash
        package let mechanism: NoiseMechanism
        package let noiseMultiplier: Double
        package let sampling: RecordSampling
    }

    package init(sequence: UInt64, previous: LedgerHash, time: Int64, site: String, content: Content) {
        self.sequence = sequence
        self.previous = previous
        self.time = time
        self.site = site
        self.content = content
    }
}

/// Why a release was not allowed; the first reason that applies, in this order.
package enum Refusal: UInt8, Sendable, CaseIterable {
    case otherDataset = 1
    case otherRelation = 2
    case otherUnit = 3
    case seededNoise = 4
    case otherMechanism = 5
    case tooLittleNoise = 6
    case otherSampling = 7
    case noAnalysis = 8
    case ceiling = 9

    /// The reason, in words.
    package var reason: String {
        switch self {
        case .otherDataset: "it is of another data set than this ledger's"
        case .otherRelation: "it claims another neighbouring relation than the policy"
        case .otherUnit: "it protects another unit than the policy asks for"
        case .seededNoise: "its noise comes from a seed or is recorded, which the policy does not allow"
        case .otherMechanism: "its mechanism is not the policy's"
        case .tooLittleNoise: "its noise is below the policy's smallest"
        case .otherSampling: "its sampling is not the policy's, or its rate is above the policy's highest"
        case .noAnalysis: "no accountant here analyses it"
        case .ceiling: "it would pass the policy's ceiling"
        }
    }
}
