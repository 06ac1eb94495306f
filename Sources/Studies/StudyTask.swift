package import Datasets
package import Federation
package import MultiTaskLearning

/// One task's records, prepared as its study says: what to train on and what to be scored on.
package struct StudyTask: Sendable {
    package let name: TaskName
    package let objective: TaskObjective
    /// Records held out to be scored, to validate or to test; none where the study trains on all.
    package let test: TaskData
    /// Whose record each one to train on is; nil where the data do not say.
    package let persons: [String]?

    /// Records to train on.
    package var trainCount: Int { objective.recordCount }

    /// How well `model` does on the held-out records, or on the training records where none are held out.
    package func score(of model: [Double]) throws -> Score {
        guard test.recordCount > 0 else {
            return Score(of: model, on: objective, isHeldOut: false)
        }
        let held = try TaskObjective(
            features: test.features, targets: test.targets, loss: objective.loss, scale: .mean)
        return Score(of: model, on: held, isHeldOut: true)
    }
}
