/// A mechanism that also shows what no release may: for an audit of clipping and noise at the site.
///
/// A type of its own, so that a transcript is never made by the way.
package struct RecordingMechanism<Source: RandomnessSource>: ~Copyable {
    private var mechanism: GaussianMechanism<Source>

    package init(_ plan: ReleasePlan, source: Source) throws(MechanismError) {
        mechanism = try GaussianMechanism(plan, source: source)
    }

    /// Returns a release with its transcript.
    ///
    /// - Parameter firstCanaryUnit: Units from here on are an auditor's canaries; nil where there are none.
    /// - Throws: As ``GaussianMechanism/release(of:grouping:)``.
    /// - Complexity: O(n + d) more memory than without.
    package mutating func release(
        of gradients: some RecordGradients, grouping: UnitGrouping = .records, firstCanaryUnit: Int? = nil
    ) throws -> RecordedRelease<Source> {
        let firstCanary = firstCanaryUnit ?? .max
        var squaredNorms: [UInt64] = []
        var baselineSteps = [Int64](repeating: 0, count: mechanism.plan.dimension)
        var canaryUnits: [Int] = []
        let nonFiniteBefore = mechanism.nonFiniteUnitCount
        let sum = try mechanism.clippedSum(of: gradients, grouping: grouping) { unit, steps in
            squaredNorms.append(steps.reduce(0) { $0 + $1.magnitude * $1.magnitude })
            if unit < firstCanary {
                for index in steps.indices { baselineSteps[index] += steps[index] }
            } else {
                canaryUnits.append(unit - firstCanary)
            }
        }
        let clippedSteps = sum.steps
        var noiseSteps: [Int64] = []
        let released = mechanism.noised(sum) { noiseSteps = $0 }
        return RecordedRelease(
            released: released,
            transcript: ReleaseTranscript(
                plan: mechanism.plan, squaredNorms: squaredNorms,
                nonFiniteUnitCount: mechanism.nonFiniteUnitCount - nonFiniteBefore,
                clippedSteps: clippedSteps, baselineSteps: baselineSteps, canaryUnits: canaryUnits,
                noiseSteps: noiseSteps))
    }
}

/// A release with its transcript.
package struct RecordedRelease<Source: RandomnessSource>: Sendable {
    /// What may be charged and sent.
    package let released: NoisedSum<Source>
    /// What must stay.
    package let transcript: ReleaseTranscript
}
