package import MultiTaskLearning

extension StudyPlan {
    /// Whether the aggregator chooses eta from Lipschitz constants that the sites report.
    package var choosesEta: Bool {
        if case .backwardForward(nil) = splitting { true } else { false }
    }

    /// Whether a column comes with the scale of the site's step: Douglas-Rachford's gamma, or an eta that was chosen.
    package var sendsScale: Bool {
        if case .douglasRachford = splitting { true } else { choosesEta }
    }

    /// Says what is wrong with the constant that eta is to be chosen from, or with its absence; nil where nothing is.
    func constantFault(_ constant: Double?, of task: TaskName) -> String? {
        let bound = EtaRule.largestLipschitzConstant
        guard choosesEta, !(0...bound).contains(constant ?? .nan) else { return nil }
        return
            "task '\(task)' has the Lipschitz constant \(constant.map { "\($0)" } ?? "none"); eta: auto needs one "
            + "from 0 to \(bound); scale the features, or agree on an eta"
    }

    /// Returns what a site reports of its tasks: their Lipschitz constants where eta is chosen from them, else nothing.
    ///
    /// A constant is the largest eigenvalue of a task's weighted Gram matrix (a quarter of it for the logistic loss): one
    /// number that the records determine, and that leaves the site without protection. With `batchSize` it is the expected
    /// smoothness of a batch's gradient (`TaskObjective.expectedSmoothness(batchSize:)`), which is no smaller.
    ///
    /// - Throws: As `TaskObjective.lipschitzConstant()` does.
    package func reportedConstants(
        of objectives: [TaskName: TaskObjective]
    ) throws -> [TaskName: Double] {
        choosesEta ? try objectives.mapValues { try $0.expectedSmoothness(batchSize: batchSize) } : [:]
    }
}
