internal import LinearAlgebra
internal import SeededRandom
internal import Testing

@testable internal import MultiTaskLearning

/// What conjugates, dual norms and kernels must satisfy, for every regularizer.
@Suite struct RegularizerDualityTests {
    private static let shapes = [(4, 7), (9, 3), (1, 5), (6, 1)]
    private static let ridges = [0, 0.6]

    @Test(
        "a proximal point, what was taken away, and the conjugate meet Fenchel's equality",
        arguments: RegularizerKind.allCases, shapes)
    func fenchelEquality(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        for ridge in Self.ridges {
            let regularizer = try kind.example(taskCount: shape.t, addedRidge: ridge)
            for seed in UInt64(1)...3 {
                var generator = SeededGenerator(seed: seed)
                let v = randomMatrix(shape.d, shape.t, &generator)
                for scale in [0.05, 0.7, 5] {
                    var start: Matrix?
                    let p = try regularizer.proximal(of: v, scale: scale, start: &start)
                    let u = v.adding(p, scaledBy: -1).scaled(by: 1 / scale)
                    start = start?.scaled(by: 1 / scale)
                    let product = Vector.dot(u.elements, p.elements)
                    let value = try regularizer.value(p)
                    let context: Comment = "ridge \(ridge), scale \(scale), seed \(seed)"
                    let allowed = 20 * kind.proximalTolerance * max(1, 1 / scale) * v.frobeniusNorm
                    if let dualNorm = try regularizer.dualNorm(of: u, target: 1, start: start) {
                        // Moreau: u is the projection of v / scale on the dual ball.
                        #expect(dualNorm <= 1 + allowed, context)
                        #expect((product - value).magnitude <= allowed, context)
                    } else {
                        let conjugate = try regularizer.conjugateValue(of: u, lambda: 1)
                        #expect(
                            (value + conjugate - product).magnitude <= allowed * max(1, conjugate), context)
                    }
                    for group in regularizer.freeGroups(taskCount: shape.t) {
                        let sums = group.reduce([Double](repeating: 0, count: shape.d)) {
                            Vector.adding(u.column($1), to: $0)
                        }
                        #expect(Vector.norm(sums) <= allowed, context)
                    }
                }
            }
        }
    }

    @Test(
        "what a proximal step takes away is a subgradient: no point lies below its plane",
        arguments: RegularizerKind.allCases, shapes)
    func subgradient(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        for ridge in Self.ridges {
            let regularizer = try kind.example(taskCount: shape.t, addedRidge: ridge)
            for seed in UInt64(11)...13 {
                var generator = SeededGenerator(seed: seed)
                let v = randomMatrix(shape.d, shape.t, &generator)
                let scale = 0.1 + generator.uniform()
                let p = try regularizer.proximal(of: v, scale: scale)
                let u = v.adding(p, scaledBy: -1).scaled(by: 1 / scale)
                let value = try regularizer.value(p)
                for size in [1e-2, 1, 10] {
                    let move = randomMatrix(shape.d, shape.t, &generator).scaled(by: size)
                    let plane = value + Vector.dot(u.elements, move.elements)
                    let allowed = 100 * kind.proximalTolerance * max(1, size)
                    #expect(try regularizer.value(p.adding(move)) >= plane - allowed, "seed \(seed)")
                }
            }
        }
    }

    @Test("Fenchel's inequality holds at random points", arguments: RegularizerKind.allCases, shapes)
    func fenchelInequality(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        for ridge in Self.ridges {
            let regularizer = try kind.example(taskCount: shape.t, addedRidge: ridge)
            for seed in UInt64(21)...24 {
                var generator = SeededGenerator(seed: seed)
                let w = randomMatrix(shape.d, shape.t, &generator)
                var u = randomMatrix(shape.d, shape.t, &generator)
                // The conjugate leaves the kernel out: so must the point.
                for group in regularizer.freeGroups(taskCount: shape.t) {
                    let zero = [Double](repeating: 0, count: shape.d)
                    let sum = group.reduce(zero) { Vector.adding(u.column($1), to: $0) }
                    for task in group {
                        u.setColumn(
                            task,
                            to: Vector.adding(sum, scaledBy: -1 / Double(group.count), to: u.column(task)))
                    }
                }
                for lambda in [0.3, 2] {
                    let value = try lambda * regularizer.value(w)
                    let product = Vector.dot(u.elements, w.elements)
                    if let dualNorm = try regularizer.dualNorm(of: u, target: lambda) {
                        #expect(product * lambda <= dualNorm * value * (1 + 1e-9), "seed \(seed)")
                    } else {
                        let conjugate = try regularizer.conjugateValue(of: u, lambda: lambda)
                        #expect(product <= value + conjugate + 1e-9, "seed \(seed)")
                    }
                }
            }
        }
    }

    @Test(
        "a shift of a free group costs nothing, and the proximal operator keeps it",
        arguments: RegularizerKind.allCases)
    func kernel(kind: RegularizerKind) throws {
        let regularizer = try kind.example(taskCount: 5)
        var generator = SeededGenerator(seed: 31)
        let v = randomMatrix(3, 5, &generator)
        for group in regularizer.freeGroups(taskCount: 5) {
            let shift = randomVector(3, &generator)
            var shifted = v
            for task in group { shifted.setColumn(task, to: Vector.adding(shift, to: v.column(task))) }
            let value = try regularizer.value(v)
            #expect((try regularizer.value(shifted) - value).magnitude <= 1e-12 * value)
            let p = try regularizer.proximal(of: v, scale: 0.8)
            let q = try regularizer.proximal(of: shifted, scale: 0.8)
            for task in 0..<5 {
                let expected =
                    group.contains(task) ? Vector.adding(shift, to: p.column(task)) : p.column(task)
                #expect(
                    relativeDistance(q.column(task), expected, to: v.elements) < 10 * kind.proximalTolerance)
            }
        }
    }

    @Test("components of a graph are its free groups")
    func components() throws {
        let graph = try TaskGraph(
            taskCount: 7, edges: [.init(5, 1), .init(3, 2), .init(2, 6), .init(1, 5, weight: 2)])
        let regularizer = try Regularizer(.graph, structure: .graph(graph))
        #expect(regularizer.freeGroups(taskCount: 7) == [[0], [1, 5], [2, 3, 6], [4]])
    }

    @Test("the closed dirty models equal their parts' infimal convolution, found by iteration")
    func infimalConvolution() throws {
        let (rows, elements) = (1.2, 0.7)
        let closed: [(any ConvexFunction, any ConvexFunction)] = [
            (DirtyNorm(rowWeight: rows, elementWeight: elements), LargestInRowNorm()),
            (
                DirtyRowNorm(rowWeight: rows, elementWeight: elements),
                SparseGroupNorm(rowWeight: 1, elementWeight: 0)
            ),
        ]
        for (function, part) in closed {
            let iterated = InfimalConvolution(
                first: part, firstWeight: rows, second: L1Norm(), secondWeight: elements)
            for seed in UInt64(41)...45 {
                var generator = SeededGenerator(seed: seed)
                let v = randomMatrix(6, 5, &generator)
                let value = try function.value(v)
                #expect((try iterated.value(v) - value).magnitude <= 1e-8 * value, "seed \(seed)")
                for scale in [0.1, 0.7, 3] {
                    let p = try function.proximal(of: v, scale: scale)
                    let q = try iterated.proximal(of: v, scale: scale)
                    #expect(relativeDistance(q.elements, p.elements, to: v.elements) < 1e-8, "seed \(seed)")
                }
                #expect(try iterated.dualNorm(of: v, target: 1) == function.dualNorm(of: v, target: 1))
            }
        }
    }
}
