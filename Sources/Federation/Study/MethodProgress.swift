package import MultiTaskLearning

/// What a splitting and a relaxation policy learn while a study runs: steps depend on it.
package struct MethodProgress: Sendable, Equatable {
    /// The sum of the factors of all applied updates, under the policy that asks for it.
    package var relaxationSum = 0.0
    package var residualControl = ResidualControl()
    /// The choice of gamma; nil before the first update, and under another splitting than Douglas-Rachford.
    package var gamma: GammaRule.State?
    /// The eta that was chosen; nil before, and where the study sets it or has none.
    package var eta: EtaRule.State?

    package init() {}
}

extension StudyPlan {
    /// Whether the study's steps depend on its ``MethodProgress``, or on what a task's record has for its method.
    package var dependsOnMethodProgress: Bool {
        if case .douglasRachford = splitting { return true }
        if choosesEta { return true }
        return relaxationPolicy == .delayAdaptive || relaxationPolicy == .residualControlled
    }
}
