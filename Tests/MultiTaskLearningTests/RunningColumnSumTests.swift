internal import Testing

@testable internal import MultiTaskLearning

@Suite struct RunningColumnSumTests {
    /// Counts how often columns are asked for: only a sum that is formed anew does.
    private final class Columns {
        var values: [[Double]]
        var readCount = 0

        init(_ values: [[Double]]) { self.values = values }

        func column(_ index: Int) -> [Double] {
            readCount += 1
            return values[index]
        }
    }

    @Test("it is formed anew at the named throughput", arguments: [(-1, false), (0, false), (1, true)])
    func formingBound(offset: Int, isFormed: Bool) {
        let columns = Columns([[1, 0], [0.5, 2]])
        var sum = RunningColumnSum(dimension: 2, count: 2, column: columns.column)
        columns.readCount = 0
        // The largest column has size 2 throughout, and each change moves 1 in and out: 2 of throughput.
        let changes = Int(RunningColumnSum.largestThroughput) + offset
        for _ in 0..<changes { sum.replace(0, from: [1, 0], to: [1, 0], column: columns.column) }
        #expect((columns.readCount > 0) == isFormed)
        #expect(sum.value == [1.5, 2])
    }

    @Test(
        "a sum of what is not finite is good again once that is gone",
        arguments: [Double.nan, .infinity, 1e300])
    func passing(bad: Double) {
        let columns = Columns([[1, 0], [0.5, 2]])
        var sum = RunningColumnSum(dimension: 2, count: 2, column: columns.column)
        columns.values[0] = [bad, 1]
        sum.replace(0, from: [1, 0], to: [bad, 1], column: columns.column)
        columns.values[0] = [3, 1]
        sum.replace(0, from: [bad, 1], to: [3, 1], column: columns.column)
        #expect(sum.value == [3.5, 3])
    }
}
