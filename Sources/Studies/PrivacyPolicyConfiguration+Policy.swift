package import Configuration
package import PrivacyLedger
internal import PrivacyMechanisms

extension PrivacyPolicyConfiguration {
    /// The policy as a ledger keeps it.
    ///
    /// - Throws: `LedgerError` `invalidValue` where a value is out of range, or the ceiling grants not one such release.
    package func policy() throws(LedgerError) -> PrivacyPolicy {
        try PrivacyPolicy(
            epsilon: epsilon, delta: delta, relation: relation, unit: unit,
            mechanism: NoiseMechanism(noise),
            sampling: samplingRate == 1 ? .all : .poisson(rate: samplingRate),
            smallestNoiseMultiplier: smallestNoiseMultiplier, allowsSeededNoise: allowsUnprotectedNoise)
    }
}
