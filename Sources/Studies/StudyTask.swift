package import Federation
package import MultiTaskLearning

/// One task's records, prepared as its study says: what to train on and what to be scored on.
package struct StudyTask: Sendable {
    package let name: TaskName
    package let objective: TaskObjective
    /// Records held out to be scored, to validate or to test; nil where the study trains on all.
    package let heldOut: TaskObjective?
    /// Whose record each one to train on is; nil where the data do not say.
    package let persons: [String]?

    /// Records to train on.
    package var trainCount: Int { objective.recordCount }

    /// Records to be scored on.
    package var heldOutCount: Int { heldOut?.recordCount ?? 0 }

    /// How well `model` does on the held-out records, or on the training records where none are held out.
    package func score(of model: [Double]) -> Score {
        Score(of: model, on: heldOut ?? objective, isHeldOut: heldOut != nil)
    }
}
