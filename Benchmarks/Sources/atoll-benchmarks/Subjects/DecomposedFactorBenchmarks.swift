internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// What a column of the functions of singular values other than the nuclear norm costs an update, beside computing the
/// whole proximal operator after each change, for one that goes on being of full rank and for one of low rank.
///
/// All processor time counts: changes of V, decompositions, the column. V is of rank 8 and noise; one column after
/// another changes by 1e-3 of a normal vector.
enum DecomposedFactorBenchmarks {
    static let name = "prox decomposed"

    private static let noise = 0.3

    static func all() -> [Benchmark] {
        [(20, 20), (28, 139), (100, 1_000), (500, 2_000)].flatMap { d, t in
            [RegularizerKind.cmtl, .learnedCovariance].flatMap { kind in
                [0, FactorPolicy.defaultMaximumAge(taskCount: t)].map { age in
                    benchmark(kind, d, t, age: age)
                }
            }
        }
    }

    private static func benchmark(_ kind: RegularizerKind, _ d: Int, _ t: Int, age: Int) -> Benchmark {
        Benchmark(
            name: name, size: "\(d)x\(t), \(kind.rawValue), age up to \(age)", baseline: "whole operator"
        ) { repetitions in
            let count = max(2 * (age + 1), 20_000 / d / d)
            return try (0..<repetitions).map { _ in
                var (auxiliary, generator) = try matrix(kind, d, t, age: age)
                _ = try auxiliary.proximalColumn(0)
                return PairedSample(
                    subjectSeconds: try seconds(&auxiliary, changes: count, &generator) {
                        _ = try $0.proximalColumn($1)
                    },
                    baselineSeconds: try seconds(
                        &auxiliary, changes: max(2, count / (age + 1) / 4), &generator
                    ) { auxiliary, task in
                        _ = try auxiliary.proximal().column(task)
                    })
            }
        }
    }

    private static func matrix(
        _ kind: RegularizerKind, _ d: Int, _ t: Int, age: Int
    ) throws -> (AuxiliaryMatrix, SeededGenerator) {
        var generator = SeededGenerator(seed: 1)
        let auxiliary = try AuxiliaryMatrix(
            restoring: .relatedModels(d, t, noise: noise, &generator), regularizer: Regularizer(kind),
            scale: 0.1,
            policy: FactorPolicy(maximumAge: age, taskCount: t))
        return (auxiliary, generator)
    }

    /// Returns the processor time of one change and what is asked then.
    private static func seconds(
        _ auxiliary: inout AuxiliaryMatrix, changes: Int, _ generator: inout SeededGenerator,
        ask: (inout AuxiliaryMatrix, Int) throws -> Void
    ) throws -> Double {
        var seconds = 0.0
        for _ in 0..<changes {
            let task = generator.integer(below: auxiliary.taskCount)
            let step = (0..<auxiliary.dimension).map { _ in 1e-3 * generator.normal() }
            let column = Vector.adding(step, to: auxiliary.matrix.column(task))
            let asked = generator.integer(below: auxiliary.taskCount)
            try ProcessorClock.measure(&seconds) {
                auxiliary.setColumn(task, to: column)
                try ask(&auxiliary, asked)
            }
        }
        return seconds / Double(changes)
    }
}
