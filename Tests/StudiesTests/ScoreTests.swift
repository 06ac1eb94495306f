internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Testing

@testable internal import Studies

@Suite struct ScoreTests {
    private static let features = Matrix(columns: [[1, 2, 3, 4]])

    @Test("a regression is scored by its root mean squared error")
    func rootMeanSquaredError() throws {
        // Predictions 2, 4, 6, 8: errors 1, 0, 0 and 2, a mean square of 5/4.
        let objective = try TaskObjective(
            features: Self.features, targets: [1, 4, 6, 10], loss: .squared, scale: .sum, weight: 3)
        let score = Score(of: [2], on: objective, isHeldOut: false)
        #expect(score.metric == .rootMeanSquaredError)
        #expect(score.value == 1.25.squareRoot())
        #expect(score.recordCount == 4 && !score.isHeldOut)
    }

    @Test(
        "a classifier is scored by its accuracy, whatever the labels are written as", arguments: [0.0, -1.0])
    func accuracy(negative: Double) throws {
        let features = Matrix(columns: [[1, 2, -3, -4]])
        let objective = try TaskObjective(
            features: features, targets: [1, negative, negative, negative], loss: .logistic, scale: .mean)
        let score = Score(of: [0.5], on: objective, isHeldOut: true)
        #expect(score.metric == .accuracy)
        #expect(score.value == 0.75)
        #expect(score.isHeldOut)
    }

    @Test("a prediction of neither side is no success")
    func undecided() throws {
        let objective = try TaskObjective(
            features: Self.features, targets: [1, 0, 1, 0], loss: .logistic, scale: .mean)
        #expect(Score(of: [0], on: objective, isHeldOut: false).value == 0)
    }

    @Test("held-out records are scored where there are some, else those of the training")
    func heldOut() throws {
        let objective = try TaskObjective(
            features: Self.features, targets: [2, 4, 6, 8], loss: .squared, scale: .sum)
        let heldOut = try TaskObjective(
            features: Matrix(columns: [[5, 6]]), targets: [11, 13], loss: .squared, scale: .mean)
        func task(_ heldOut: TaskObjective?) -> StudyTask {
            StudyTask(name: TaskName("a"), objective: objective, heldOut: heldOut, persons: nil)
        }
        let own = task(heldOut).score(of: [2])
        #expect(own.value == 1 && own.isHeldOut && own.recordCount == 2)
        let training = task(nil).score(of: [2])
        #expect(training.value == 0 && !training.isHeldOut && training.recordCount == 4)
    }
}
