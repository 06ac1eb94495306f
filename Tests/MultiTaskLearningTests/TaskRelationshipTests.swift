internal import LinearAlgebra
internal import MultiTaskLearning
internal import Testing

@Suite struct TaskRelationshipTests {
    @Test("the covariance of a model that is zero is that of independent tasks")
    func zeroModel() throws {
        let covariance = try TaskRelationship.covariance(of: Matrix(rowCount: 3, columnCount: 4))
        for row in 0..<4 {
            for column in 0..<4 { #expect(covariance[row, column] == (row == column ? 0.25 : 0)) }
        }
    }
}
