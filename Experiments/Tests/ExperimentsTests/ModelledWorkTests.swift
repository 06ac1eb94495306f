internal import Experiments
internal import TestSupport
internal import Testing

@Suite("What computations take in the model")
struct ModelledWorkTests {
    /// This file is <checkout>/Experiments/Tests/ExperimentsTests/ModelledWorkTests.swift.
    private static let decision =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        + "/docs/decisions/0027-the-factor-is-refreshed-beside-the-exchange-where-that-pays.md"

    @Test("a change of a followed factor takes what decision 0027 measured, or the law must be fitted again")
    func followedFactor() throws {
        // | 28 x 139 | 22 / 17 us | 4.0 / 3.6 us |: with every column, for two sizes of changes.
        let rows = try text(of: Self.decision).split(separator: "\n").filter { $0.hasSuffix(" us |") }
        #expect(rows.count >= 6)
        for row in rows {
            let cells = row.split(separator: "|").map { $0.split(separator: " ") }
            try #require(cells.count == 3 && cells[0].count == 3 && cells[1].count == 4, "\(row)")
            let dimension = try #require(Int(cells[0][0]))
            let taskCount = try #require(Int(cells[0][2]))
            let first = try #require(Double(cells[1][0]))
            let second = try #require(Double(cells[1][2]))
            let law = 1e6 * ModelledWork.followedFactor(dimension: dimension, taskCount: taskCount)
            #expect(law > 0.8 * min(first, second) && law < 1.25 * max(first, second), "\(row): \(law) us")
        }
    }

    @Test("an SVD of 28 x 139 takes the 0.18 ms of decision 0026, and one of a matrix on its side as long")
    func decomposition() {
        let seconds = ModelledWork.decomposition(dimension: 28, taskCount: 139)
        #expect(abs(seconds / 0.18e-3 - 1) < 0.05)
        #expect(ModelledWork.decomposition(dimension: 139, taskCount: 28) == seconds)
    }
}
