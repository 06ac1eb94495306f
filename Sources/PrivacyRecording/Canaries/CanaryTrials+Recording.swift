package import PrivacyAccounting
internal import PrivacyMechanisms

extension CanaryTrials {
    /// Scores a recording's canaries: the noisy gradient along each one's direction, without what the real records add,
    /// summed over the releases.
    ///
    /// The attacker knows everything but the coins and the noise: what real records add is what the site's program makes
    /// of them without canaries, at models that came from earlier releases. Nothing of the score but the releases depends
    /// on the coins.
    ///
    /// - Parameter steps: Releases of the recording, each once, with noisy sums of 64 bits.
    /// - Complexity: O((d + canaries) releases).
    package init(_ header: RecordingHeader, _ steps: [RecordedStep]) {
        let (plan, canaries) = (header.plan, header.canaries)
        var sums = [Double](repeating: 0, count: plan.dimension)
        for step in steps {
            guard let noisy = step.noisySteps else { continue }
            for index in sums.indices {
                // The difference is exact; only its double is rounded.
                sums[index] += Double(noisy[index] &- step.baselineSteps[index])
            }
        }
        // A canary that is in adds C / g in each of its samples; one that is out nothing, or the opposite.
        let expected = Double(steps.count) * plan.normalization.samplingRate * plan.grid.clippingSteps
        let middle = plan.normalization.replacesUnits ? 0 : expected / 2
        let deviation = plan.scale * Double(max(steps.count, 1)).squareRoot()
        self.init(
            scores: canaries.coordinates.map { (sums[Int($0)] - middle) / deviation },
            membership: canaries.membership)
    }
}
