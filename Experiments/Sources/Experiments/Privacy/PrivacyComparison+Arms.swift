extension PrivacyComparison {
    /// How a model is trained.
    package enum Training: Sendable, Hashable {
        /// With noise, at this epsilon of each task.
        case noisy(Double)
        /// As many updates without clipping and noise.
        case noiseless
        /// To the optimum, in one place, without noise.
        case optimum
    }

    /// Which model, and how it is trained.
    package struct Arm: Sendable, Hashable {
        package let training: Training
        package let isCoupled: Bool

        package init(_ training: Training, isCoupled: Bool) {
            self.training = training
            self.isCoupled = isCoupled
        }
    }

    /// A model's setting and its scores on held-out records.
    package struct Outcome: Sendable {
        package let setting: PrivacyGrid.Setting
        /// One a seed.
        package let scores: [Double]
        /// Of each seed one a task.
        package let taskScores: [[Double?]]

        package init(setting: PrivacyGrid.Setting, scores: [Double], taskScores: [[Double?]]) {
            self.setting = setting
            self.scores = scores
            self.taskScores = taskScores
        }
    }
}
