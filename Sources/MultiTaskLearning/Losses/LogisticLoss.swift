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
        let zeroMeansNegative = !targets.contains(-1)
        let negative = zeroMeansNegative ? 0.0 : -1.0
        return try targets.enumerated().map { index, target in
            if target == 1 { return 1 }
            if target == negative { return -1 }
            let accepted = zeroMeansNegative ? "0 and 1, or -1 and 1" : "-1 and 1 (another target is -1)"
            throw MultiTaskLearningError(
                code: .invalidLabel,
                message: "target \(index) is \(target); the logistic loss takes the labels \(accepted)")
        }
    }
}
