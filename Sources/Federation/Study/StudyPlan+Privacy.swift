internal import MultiTaskLearning

extension StudyPlan {
    /// Checks that nothing but noised gradients depends on records.
    static func requirePrivacy(
        _ privacy: PrivateStudy, _ tasks: [Task], _ splitting: Splitting, _ batchSize: Int?,
        _ reportsLoss: Bool
    ) throws(FederationError) {
        func require(_ condition: Bool, _ message: String) throws(FederationError) {
            guard condition else { throw FederationError(.invalidStudy, "a private study \(message)") }
        }
        switch splitting {
        case .douglasRachford:
            try require(
                false,
                "cannot split by Douglas-Rachford, whose answer is the proximal point of the records' loss: no clipping "
                    + "bounds what one record does to it; write backward-forward")
        case .backwardForward(let agreed):
            try require(
                agreed != nil,
                "cannot choose eta from the records' Lipschitz constants; write a number")
        }
        try require(batchSize == nil, "draws records by privacy.sampling_rate; remove batch_size")
        try require(!reportsLoss, "cannot report losses, which are of the records; remove them from report")
        if let task = tasks.first(where: { privacy.plans[$0.name] == nil }) {
            try require(false, "declares how many records each task has; '\(task.name)' is missing")
        }
    }
}
