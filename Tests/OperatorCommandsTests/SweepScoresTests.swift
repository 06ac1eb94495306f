internal import Reporting
internal import SeededRandom
internal import Studies
internal import Testing

@testable internal import OperatorCommands

/// The values that a sweep tries, and its choice among them.
@Suite struct SweepScoresTests {
    @Test(
        "lists, grids and both between commas",
        arguments: [
            ("10,1,100", [1, 10, 100]), ("0", [0]), ("-0", [0]), ("1,1.0,1", [1]), ("1e-3, 2", [0.001, 2]),
            ("1..1000:7", [1, 3.16228, 10, 31.6228, 100, 316.228, 1000]), ("2..8:3", [2, 4, 8]),
            ("3..5:2", [3, 5]), ("0,1..100:3,7", [0, 1, 7, 10, 100]),
        ])
    func grids(text: String, values: [Double]) throws {
        #expect(try LambdaGrid(text).values == values)
    }

    @Test(
        "what is no value or no grid is refused with the part",
        arguments: [
            "", "1,", ",1", "x", "1,nan", "inf", "-1", "1..", "1..2", "1..2:1", "0..1:3", "2..1:3", "1..1:3",
            "1..2:3:4", "1..2:x", "1..2..3:4", "1..inf:3", "1..1.0000001:5",
        ])
    func refusedGrids(text: String) {
        let error = #expect(throws: CommandError.self) { try LambdaGrid(text) }
        #expect(error?.code == .unusableInput && error?.message.contains("--lambda") == true)
    }

    @Test("at most so many values, in a list, a grid and together", arguments: [0, 1])
    func gridBounds(beyond: Int) {
        let count = SweepLimits.lambdaCount + beyond
        let texts = [
            (1...count).map(String.init).joined(separator: ","), "1..1000:\(count)",
            "0,1..1000:\(count - 1)",
        ]
        for text in texts {
            #expect((try? LambdaGrid(text).values.count) == (beyond == 0 ? count : nil), "\(text)")
        }
    }

    @Test("without a grid the study's lambda is the middle of one; 0 has none")
    func defaultGrid() throws {
        #expect(try LambdaGrid(around: 0.02).values == [0.0002, 0.002, 0.02, 0.2, 2])
        for lambda in [0, .leastNonzeroMagnitude, 1e307] {
            #expect(throws: CommandError(.unusableInput, "")) { try LambdaGrid(around: lambda) }
        }
        #expect([10, 0.1, 0, 1e-7, 1e20].map(LambdaGrid.text) == ["10", "0.1", "0", "1e-07", "1e+20"])
    }

    private func scores(
        _ values: [[Double]], metric: Score.Metric = .accuracy, counts: [Int]? = nil,
        weighting: SweepWeighting = .tasks
    ) -> SweepScores {
        SweepScores(
            lambdas: values.indices.map { Double($0 + 1) },
            scores: values.map { row in
                row.enumerated().map { index, value in
                    TaskScore(
                        task: "\(index)", metric: metric, value: value, local: nil,
                        recordCount: counts?[index] ?? 10, isHeldOut: true)
                }
            }, weighting: weighting)
    }

    @Test("accuracy is to be high and an error low")
    func direction() {
        let values = [[0.5, 0.75], [0.9, 0.8], [0.6, 0.6]]
        #expect(scores(values).choice(.best) == 1)
        #expect(scores(values, metric: .rootMeanSquaredError).choice(.best) == 2)
        #expect(scores(values).means[1].map { abs($0 - 0.85) < 1e-12 } == true)
    }

    @Test("of equal scores the largest lambda, also where sums are rounded differently")
    func ties() {
        // 0.1 + 0.2 + 0.3 in two orders differ in the last place.
        #expect(scores([[0.7], [0.9], [0.9], [0.8]]).choice(.best) == 2)
        #expect(
            scores([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.5, 1, 1]], metric: .rootMeanSquaredError)
                .choice(.best) == 1)
        #expect(scores([[1, 1], [1, 1]]).choice(.best) == 1)
        #expect(scores([[0, 0], [0, 0]], metric: .rootMeanSquaredError).choice(.best) == 1)
    }

    @Test("a task is compared with local only by held-out records", arguments: [true, false])
    func standing(isHeldOut: Bool) {
        let score = TaskScore(
            task: "a", metric: .accuracy, value: 0.5, local: 0.75, recordCount: 4, isHeldOut: isHeldOut)
        let expected: ScoreStanding? = isHeldOut ? .worse : nil
        #expect(score.standing == expected)
    }

    @Test("records weigh tasks")
    func weighting() {
        let values = [[0.9, 0.5], [0.5, 0.8]]
        #expect(scores(values, counts: [90, 10]).choice(.best) == 0)
        #expect(scores(values, counts: [10, 90], weighting: .records).choice(.best) == 1)
        #expect(scores(values, counts: [90, 10], weighting: .records).choice(.best) == 0)
        let mean = scores(values, counts: [30, 10], weighting: .records).means[0] ?? .nan
        #expect(abs(mean - 0.8) < 1e-12)
    }

    @Test(
        "metrics are mixed by their size relative to the table, whatever the target's unit",
        arguments: [1, 1e6])
    func mixed(unit: Double) {
        func row(_ accuracy: Double, _ error: Double) -> [TaskScore] {
            [
                TaskScore(
                    task: "a", metric: .accuracy, value: accuracy, local: nil, recordCount: 5, isHeldOut: true
                ),
                TaskScore(
                    task: "b", metric: .rootMeanSquaredError, value: error * unit, local: nil, recordCount: 5,
                    isHeldOut: true),
            ]
        }
        // The error falls by a twentieth, the failures are halved.
        let scores = SweepScores(
            lambdas: [1, 2], scores: [row(0.8, 1), row(0.9, 1.05)], weighting: .tasks)
        #expect(scores.choice(.best) == 1)
        #expect(scores.metric == nil && scores.means == [nil, nil])
        #expect(abs(scores.costs.reduce(0, +) / 2 - 1) < 1e-12)
    }

    @Test(
        "one standard error: a larger lambda that is worse by no more than the tasks disagree",
        arguments: [1, 2])
    func oneStandardError(seed: UInt64) {
        // Differences 0.02, -0.01 and 0.02: mean 0.01, deviation 0.0173, standard error 0.01.
        let close = scores([[0.90, 0.80, 0.70], [0.88, 0.81, 0.68]])
        #expect(close.choice(.best) == 0)
        let difference = close.costs[1] - close.costs[0]
        let error = close.standardError(of: 1, against: 0)
        #expect(abs(difference - error) < 1e-9)
        // Every task is worse by the same: no disagreement allows for it.
        #expect(scores([[0.9, 0.8], [0.85, 0.75]]).choice(.oneStandardError) == 0)
        // One task says nothing of disagreement.
        #expect(scores([[0.9], [0.89]]).choice(.oneStandardError) == 0)
        #expect(scores([[0.90, 0.80, 0.70], [0.89, 0.81, 0.69]]).choice(.oneStandardError) == 1)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let drawn = scores((0..<5).map { _ in (0..<4).map { _ in random.uniform() } })
            #expect(drawn.choice(.oneStandardError) >= drawn.choice(.best), "seed \(seed)")
        }
    }
}
