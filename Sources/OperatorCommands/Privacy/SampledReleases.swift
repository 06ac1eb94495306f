package import ArgumentParser
package import PrivacyAccounting

/// The options that say what is released and between which neighbours: those that both calculators have.
package struct SampledReleases: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Probability with which each record is in a step's Poisson sample; 1 for all records in every step.",
            valueName: "rate"))
    package var samplingRate = 1.0

    @Option(help: ArgumentHelp("Number of releases.", valueName: "count"))
    package var steps: Int

    @Option(help: ArgumentHelp("The delta of the claim, above 0 and below 1.", valueName: "delta"))
    package var delta: Double

    @Option(help: "What neighbours differ by.")
    package var relation = NeighbouringRelation.addOrRemoveOne

    package init() {}

    package func validate() throws {
        guard (0...1).contains(samplingRate) else {
            throw ValidationError("--sampling-rate must be from 0 to 1, got \(samplingRate)")
        }
        guard (1...AccountingLimits.releaseCount).contains(steps) else {
            throw ValidationError("--steps must be from 1 to \(AccountingLimits.releaseCount), got \(steps)")
        }
        guard delta > 0, delta < 1 else {
            throw ValidationError("--delta must be above 0 and below 1, got \(delta)")
        }
    }

    /// Everything released, at a noise multiplier.
    package func event(noiseMultiplier: Double) -> PrivacyEvent {
        .selfComposed(
            .poissonSampled(rate: samplingRate, .gaussian(noiseMultiplier: noiseMultiplier)), count: steps)
    }

    /// What their epsilon rests on without a proof, in words.
    var assumption: String? {
        samplingRate > 0 && samplingRate < 1 ? relation.poissonAssumption : nil
    }

    /// What is assumed of sampling, in words.
    var samplingText: String {
        samplingRate == 1
            ? "none: all records in every step"
            : "Poisson, rate \(samplingRate): each record independently, anew for each step, secret"
    }
}

extension NeighbouringRelation: ExpressibleByArgument {}
