internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite("Steps on drawn records")
struct BatchSamplerTests {
    private func objective(
        _ loss: LossKind, _ scale: LossScale, recordCount: Int = 5, seed: UInt64 = 1
    ) throws -> TaskObjective {
        var random = SeededGenerator(seed: seed)
        let features = Matrix(
            rowCount: recordCount, columnCount: 3,
            elements: (0..<recordCount * 3).map { _ in random.normal() })
        let targets = (0..<recordCount).map { _ in
            loss == .squared ? random.normal() : (random.uniform() < 0.5 ? 0 : 1)
        }
        return try TaskObjective(
            features: features, targets: targets, loss: loss, scale: scale, weight: 1.5)
    }

    @Test(
        "the expected smoothness bounds E |gradient difference|^2, and is L for all records and max L_i for one",
        arguments: [LossScale.sum, .mean])
    func expectedSmoothness(scale: LossScale) throws {
        let objective = try objective(.squared, scale)
        let whole = try objective.lipschitzConstant()
        #expect(try objective.expectedSmoothness(batchSize: nil) == whole)
        #expect(try objective.expectedSmoothness(batchSize: 5) == whole)
        let single =
            try (0..<5).map { try objective.estimate(fromRecords: [$0]).lipschitzConstant() }.max() ?? 0
        #expect(abs(try objective.expectedSmoothness(batchSize: 1) / single - 1) < 1e-12)
        // E |g_B(w) - g_B(w')|^2 <= 2 L_b D(w, w') with D the Bregman distance, here (w - w')' H (w - w') / 2.
        var random = SeededGenerator(seed: 3)
        for _ in 0..<50 {
            let direction = (0..<3).map { _ in random.normal() }
            let zero = [0.0, 0, 0]
            let distance =
                Vector.dot(
                    Vector.subtracting(objective.gradient(at: zero), from: objective.gradient(at: direction)),
                    direction) / 2
            var sum = 0.0
            for first in 0..<5 {
                for second in 0..<5 where second != first {
                    let part = objective.estimate(fromRecords: [first, second])
                    let change = Vector.subtracting(
                        part.gradient(at: zero), from: part.gradient(at: direction))
                    sum += Vector.dot(change, change)
                }
            }
            #expect(sum / 20 <= 2 * (try objective.expectedSmoothness(batchSize: 2)) * distance * (1 + 1e-12))
        }
    }

    @Test(
        "over all choices of records, value and gradient are the whole one's on average",
        arguments: [LossKind.squared, .logistic], [LossScale.sum, .mean])
    func unbiased(loss: LossKind, scale: LossScale) throws {
        let objective = try objective(loss, scale)
        let w = [0.3, -1.2, 0.7]
        var value = 0.0
        var gradient = [0.0, 0.0, 0.0]
        var count = 0
        for first in 0..<5 {
            for second in 0..<5 where second != first {
                let part = objective.estimate(fromRecords: [first, second]).valueAndGradient(at: w)
                value += part.value
                gradient = Vector.adding(part.gradient, to: gradient)
                count += 1
            }
        }
        let whole = objective.valueAndGradient(at: w)
        #expect((value / Double(count) - whole.value).magnitude < 1e-12 * whole.value)
        let mean = Vector.scaled(gradient, by: 1 / Double(count))
        #expect(
            Vector.norm(Vector.subtracting(whole.gradient, from: mean)) < 1e-12 * Vector.norm(whole.gradient))
    }

    @Test("every pair of records is drawn as often as another, from whatever order the draws before left")
    func uniform() throws {
        // The targets name the records.
        let objective = try TaskObjective(
            features: Matrix(rowCount: 4, columnCount: 1, elements: [1, 1, 1, 1]), targets: [0, 1, 2, 3],
            loss: .squared, scale: .sum)
        var sampler = BatchSampler(batchSize: 2, random: SeededGenerator(seed: 5))
        var counts: [[Double]: Int] = [:]
        let drawCount = 6_000
        for _ in 0..<drawCount {
            let batch = sampler.next(of: objective)
            #expect(batch.weight == 2)
            counts[batch.targets.sorted(), default: 0] += 1
        }
        #expect(counts.count == 6 && counts.keys.allSatisfy { $0[0] != $0[1] })
        // Six standard deviations of a binomial count.
        let expected = Double(drawCount) / 6
        let deviation = (expected * 5 / 6).squareRoot()
        for (pair, count) in counts {
            #expect((Double(count) - expected).magnitude < 6 * deviation, "\(pair): \(count)")
        }
    }

    @Test(
        "a batch of all records, or more, is the whole objective, to the last bit", arguments: [5, 6, 1_000])
    func whole(batchSize: Int) throws {
        let objective = try objective(.squared, .sum)
        var sampler = BatchSampler(batchSize: batchSize, random: SeededGenerator(seed: 2))
        let w = [0.3, -1.2, 0.7]
        #expect(sampler.next(of: objective).gradient(at: w) == objective.gradient(at: w))
    }

    @Test("what is drawn follows from the seed")
    func seeded() throws {
        let objective = try objective(.squared, .sum, recordCount: 30)
        func targets(_ seed: UInt64) -> [[Double]] {
            var sampler = BatchSampler(batchSize: 4, random: SeededGenerator(seed: seed))
            return (0..<5).map { _ in sampler.next(of: objective).targets }
        }
        #expect(targets(3) == targets(3))
        #expect(targets(3) != targets(4))
        #expect(Set(targets(3)).count == 5)
    }

    @Test("a schedule falls as it says, with a diverging sum and a bounded sum of squares")
    func schedule() throws {
        let schedule = try DecreasingRelaxation(horizon: 50, power: 1)
        #expect(schedule.relaxation(base: 0.8, count: 0) == 0.8)
        #expect(schedule.relaxation(base: 0.8, count: 50) == 0.4)
        #expect(try DecreasingRelaxation(horizon: 4, power: 0.75).relaxation(base: 1, count: 60) == 0.125)
        var (sum, squares) = (0.0, 0.0)
        for count in 0..<UInt64(100_000) {
            let factor = RelaxationPolicy.decreasing.relaxation(
                base: 1, taskCount: 9, delay: UpdateDelay(taskUpdateCount: count), schedule: schedule)
            sum += factor
            squares += factor * factor
        }
        // 50 log(1 + 1e5 / 50), and the integral of the squares from 0 on and its first term.
        #expect(sum > 380)
        #expect(squares < 51)
    }

    @Test(
        "a schedule out of its bounds is refused",
        arguments: [(0, 1), (-1, 1), (.infinity, 1), (.nan, 1), (1, 0.5), (1, 1.1), (1, .nan)]
            as [(Double, Double)])
    func badSchedule(horizon: Double, power: Double) {
        #expect(throws: MultiTaskLearningError.self) {
            try DecreasingRelaxation(horizon: horizon, power: power)
        }
    }
}
