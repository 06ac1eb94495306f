internal import Experiments
internal import TestSupport
internal import Testing

@Suite("What computations take in the model")
struct ModelledWorkTests {
    /// This file is <checkout>/Experiments/Tests/ExperimentsTests/ModelledWorkTests.swift.
    private static let decisions =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/docs/decisions/"

    @Test("a change of a followed factor takes what decision 0027 measured, or the law must be fitted again")
    func followedFactor() throws {
        // | 28 x 139 | 22 / 17 us | 4.0 / 3.6 us |: with every column, for two sizes of changes.
        let rows = try text(
            of: Self.decisions + "0027-the-factor-is-refreshed-beside-the-exchange-where-that-pays.md"
        ).split(separator: "\n").filter { $0.hasSuffix(" us |") }
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

    @Test("an SVD takes what decision 0026 measured, or the law must be fitted again")
    func decomposition() throws {
        // | School, 28 x 139, raw, lambda 100 | 2 | 11,259 | 17 us | 2 % | 0.13 ms | ...: the sixth cell.
        let text = try text(
            of: Self.decisions + "0026-the-proximal-factor-is-followed-with-a-proven-bound.md")
        let rows = text.split(separator: "\n").map { $0.split(separator: "|") }.filter { $0.count == 8 }
            .filter { $0[5].hasSuffix(" ms ") }
        #expect(rows.count == 3)
        for row in rows {
            let words = row[0].split(whereSeparator: { " ,".contains($0) })
            let cross = try #require(words.firstIndex(of: "x"), "\(row[0])")
            let dimension = try #require(Int(words[cross - 1]))
            let taskCount = try #require(Int(words[cross + 1]))
            let measured = try #require(Double(row[5].split(separator: " ")[0]))
            let law = 1e3 * ModelledWork.decomposition(dimension: dimension, taskCount: taskCount)
            #expect((law / measured - 1).magnitude < 0.1, "\(row[0]): \(law) ms, not \(measured)")
            let onItsSide = 1e3 * ModelledWork.decomposition(dimension: taskCount, taskCount: dimension)
            #expect(onItsSide == law)
        }
    }
}
