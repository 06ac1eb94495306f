internal import Glibc

/// The logistic loss log(1 + exp(-m)) of a margin m = y z, without overflow at any finite margin.
enum LogisticLoss {
    /// Returns log(1 + exp(-m)).
    static func value(margin: Double) -> Double {
        max(-margin, 0) + log1p(exp(-margin.magnitude))
    }

    /// Returns minus the derivative, 1 / (1 + exp(m)): the probability of the wrong label.
    static func wrongProbability(margin: Double) -> Double {
        let small = exp(-margin.magnitude)
        return margin >= 0 ? small / (1 + small) : 1 / (1 + small)
    }

    /// Returns the labels as -1 and +1, from either 0 and 1 or -1 and +1.
    ///
    /// - Throws: ``MultiTaskLearningError`` `.invalidLabel` that names the first target that fits neither.
    static func normalizedLabels(_ targets: [Double]) throws -> [Double] {
        let convention = LabelConvention(of: targets)
        return try targets.enumerated().map { index, target in
            if let sign = convention.sign(of: target) { return sign }
            throw MultiTaskLearningError(
                code: .invalidLabel,
                message: "target \(index) is \(target); the logistic loss takes the labels "
                    + convention.acceptedLabels)
        }
    }
}
