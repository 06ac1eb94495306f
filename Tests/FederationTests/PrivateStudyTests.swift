internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import SeededRandom
internal import Simulation
internal import Testing

@Suite("Private updates")
struct PrivateStudyTests {
    private static let dimension = 4

    private func objective(
        _ loss: LossKind = .squared, scale: LossScale = .mean, weight: Double = 1, seed: UInt64 = 3
    ) throws -> TaskObjective {
        var random = SeededGenerator(seed: seed)
        let features = Matrix(
            rowCount: 50, columnCount: Self.dimension,
            elements: (0..<50 * Self.dimension).map { _ in random.normal() })
        return try TaskObjective(
            features: features, targets: (0..<50).map { _ in random.uniform() < 0.5 ? 0 : 1 }, loss: loss,
            scale: scale, weight: weight)
    }

    private func plan(
        unit: PrivacyUnit = .record, clippingNorm: Double = 1e3, noise: Double = 1e-2, rate: Double = 1,
        count: Int = 50
    ) throws -> ReleasePlan {
        try ReleasePlan(
            unit: unit, dimension: Self.dimension, clippingNorm: clippingNorm, noiseMultiplier: noise,
            normalization: .expectedBatch(rate: rate, declaredCount: count))
    }

    private let column = [0.3, -0.2, 0.5, 0.1]

    /// The mean of many noisy gradients, and the standard error of each element.
    private func mean(
        of objective: TaskObjective, _ plan: ReleasePlan, persons: [String]? = nil, count: Int = 2_000,
        seed: UInt64 = 5
    ) throws -> (mean: [Double], error: Double) {
        let gradients = try GaussianGradients(
            TaskGradients(objective, plan: plan, persons: persons), source: SeededRandomness(seed: seed))
        var sums = [Double](repeating: 0, count: Self.dimension)
        var squares = sums
        for _ in 0..<count {
            let gradient = try gradients.gradient(at: column)
            #expect(gradient.randomness == .seeded)
            for index in sums.indices {
                sums[index] += gradient.elements[index]
                squares[index] += gradient.elements[index] * gradient.elements[index]
            }
        }
        let means = sums.map { $0 / Double(count) }
        let variance = zip(squares, means).map { $0 / Double(count) - $1 * $1 }.max() ?? 0
        return (means, (variance / Double(count)).squareRoot())
    }

    @Test(
        "without clipping the noise has the task's own gradient as its mean, whatever loss, scale, weight and unit",
        arguments: [LossKind.squared, .logistic], [LossScale.sum, .mean])
    func unbiased(loss: LossKind, scale: LossScale) throws {
        let objective = try objective(loss, scale: scale, weight: 2.5)
        let exact = objective.gradient(at: column)
        let persons = (0..<50).map { "person \($0 / 5)" }
        for (plan, persons, unbias) in [
            (try plan(), nil, 1.0), (try plan(rate: 0.5), nil, 1),
            // Ten persons: their number is what a sum is divided by, so that a mean over records is a fifth of it.
            (try plan(unit: .person, count: 10), persons, scale == .mean ? 5 : 1),
            (try plan(unit: .site, count: 1), nil, 1),
        ] as [(ReleasePlan, [String]?, Double)] {
            let (mean, error) = try mean(of: objective, plan, persons: persons)
            // A person's records count together, and the sum over persons is the same sum.
            for (found, wanted) in zip(mean, exact) {
                #expect(
                    abs(found - unbias * wanted) < 6 * error + 1e-9,
                    "seed 5, \(plan.unit) rate \(plan.normalization.samplingRate): \(found), \(unbias * wanted)"
                )
            }
        }
    }

    @Test("clipped to C, no gradient is longer than C but for the noise")
    func clipped() throws {
        let objective = try objective()
        let gradients = try GaussianGradients(
            TaskGradients(objective, plan: plan(clippingNorm: 1e-3, noise: 0.01)),
            source: SeededRandomness(seed: 2))
        let norm = Vector.norm(try gradients.gradient(at: column).elements)
        #expect(norm <= 1.1e-3, "\(norm)")
    }

    @Test("a step of a private study is made of noise, and says where that came from")
    func steps() throws {
        var study = TestStudy()
        study.dimension = 3
        study.privacy = TestStudy.Privacy(noiseMultiplier: 5, clippingNorm: 1, releases: 10)
        let objectives = try study.objectives()
        let plan = try study.plan(for: objectives)
        #expect(plan.isPrivate && plan.maximumReleaseCount == 10)
        let name = try #require(study.taskNames.first)
        let zeros = [Double](repeating: 0, count: 3)
        for (kind, seed) in [(RandomnessKind.operatingSystem, UInt64(1)), (.seeded, 1)] {
            var first = try #require(plan.localTasks(objectives, seed: seed, randomness: kind)[name])
            var second = try #require(plan.localTasks(objectives, seed: seed, randomness: kind)[name])
            let steps = [
                try first.step(from: zeros, gamma: nil), try first.step(from: zeros, gamma: nil),
                try second.step(from: zeros, gamma: nil),
            ]
            #expect(steps.allSatisfy { $0.randomness == kind })
            // Never the same noise twice; the same seed begins with the same.
            #expect(steps[0].update != steps[1].update)
            #expect((steps[0].update == steps[2].update) == (kind == .seeded))
            // A copy of the work goes on where the other is: the noise is not used again.
            var copy = first
            #expect(try copy.step(from: zeros, gamma: nil).update != steps[0].update)
        }
    }

    @Test("the same seed gives the same private federation on a virtual clock, another seed another")
    func simulated() throws {
        var study = TestStudy()
        study.privacy = TestStudy.Privacy(noiseMultiplier: 2, clippingNorm: 5, releases: 20)
        study.residualTolerance = nil
        study.maximumUpdateCount = 60
        let models = try [7, 7, 8].map { try study.run(seed: $0).result.model }
        #expect(models[0] == models[1])
        #expect(models[0] != models[2])
    }

    @Test("what else would depend on records is no private study")
    func refused() throws {
        for adjust in [
            { $0.splitting = try? .douglasRachford(DouglasRachford(gamma: 1)) }, { $0.batchSize = 3 },
            { $0.reportsLoss = true }, { $0.splitting = .backwardForward(nil) },
            {
                $0.privacy?.relation = .replaceOne; $0.privacy?.samplingRate = 0.5
            },
            { $0.privacy?.noiseMultiplier = 0 }, { $0.privacy?.releases = 0 },
        ] as [(inout TestStudy) -> Void] {
            var study = TestStudy()
            study.privacy = TestStudy.Privacy(noiseMultiplier: 5, clippingNorm: 1, releases: 10)
            _ = try study.plan(for: study.objectives())
            adjust(&study)
            #expect(throws: FederationError(.invalidStudy, "")) {
                try study.plan(for: study.objectives())
            }
        }
    }
}
