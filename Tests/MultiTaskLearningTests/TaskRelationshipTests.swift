internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite struct TaskRelationshipTests {
    @Test("the covariance of a model that is zero is that of independent tasks")
    func zeroModel() throws {
        let covariance = try TaskRelationship.covariance(of: Matrix(rowCount: 3, columnCount: 4))
        for row in 0..<4 {
            for column in 0..<4 { #expect(covariance[row, column] == (row == column ? 0.25 : 0)) }
        }
    }

    @Test("the covariance is the root of W'W over its trace", arguments: [(3, 5), (5, 3)])
    func root(shape: (Int, Int)) throws {
        var generator = SeededGenerator(seed: 7)
        let (rows, tasks) = shape
        let w = Matrix(
            rowCount: rows, columnCount: tasks,
            elements: SolverRandomProblem.normals(rows * tasks, &generator))
        let covariance = try TaskRelationship.covariance(of: w)
        let trace = (0..<tasks).reduce(0) { $0 + covariance[$1, $1] }
        #expect(abs(trace - 1) < 1e-12)
        let square = covariance.multiplied(by: covariance)
        let wanted = w.gramian(ofRows: false)
        let ratio = wanted.frobeniusNorm / square.frobeniusNorm
        #expect(wanted.adding(square, scaledBy: -ratio).frobeniusNorm < 1e-12 * wanted.frobeniusNorm)
    }
}
