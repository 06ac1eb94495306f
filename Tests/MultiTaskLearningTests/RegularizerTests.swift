internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite struct RegularizerTests {
    private static let seeds: [UInt64] = [1, 2, 3]
    private static let shapes = [(4, 7), (9, 3), (1, 5), (6, 1)]

    @Test("a proximal operator is firmly nonexpansive", arguments: RegularizerKind.allCases, shapes)
    func firmlyNonexpansive(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        let regularizer = try kind.example(taskCount: shape.t, unpenalizedRows: shape.d > 5 ? [2] : [])
        for seed in Self.seeds {
            var generator = SeededGenerator(seed: seed)
            let x = randomMatrix(shape.d, shape.t, &generator)
            let y = randomMatrix(shape.d, shape.t, &generator)
            let p = try regularizer.proximal(of: x, scale: 0.7)
            let q = try regularizer.proximal(of: y, scale: 0.7)
            let output = p.adding(q, scaledBy: -1).elements
            let input = x.adding(y, scaledBy: -1).elements
            // |Px - Py|^2 <= <Px - Py, x - y>
            #expect(
                Vector.dot(output, output) <= Vector.dot(output, input) + kind.proximalTolerance,
                "seed \(seed)")
        }
    }

    @Test("no nearby point has a smaller proximal objective", arguments: RegularizerKind.allCases, shapes)
    func minimises(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        let regularizer = try kind.example(taskCount: shape.t, unpenalizedRows: shape.d > 5 ? [2] : [])
        for seed in Self.seeds {
            var generator = SeededGenerator(seed: seed)
            let v = randomMatrix(shape.d, shape.t, &generator)
            let scale = 0.1 + generator.uniform()
            func objective(_ w: Matrix) throws -> Double {
                let distance = w.adding(v, scaledBy: -1).frobeniusNorm
                return try distance * distance / 2 + scale * regularizer.value(w)
            }
            let best = try regularizer.proximal(of: v, scale: scale)
            let least = try objective(best)
            for size in [1e-3, 1e-1, 1] {
                let direction = randomMatrix(shape.d, shape.t, &generator)
                let other = try objective(best.adding(direction, scaledBy: size))
                // Strong convexity: other >= least + |difference|^2 / 2.
                let difference = size * direction.frobeniusNorm
                #expect(
                    other >= least + difference * difference / 2 - 10 * kind.proximalTolerance, "seed \(seed)"
                )
            }
        }
    }

    // prox_{s g}(v) + prox_{(s g)*}(v) = v, where the conjugate of s times a norm is the indicator of the ball of
    // its dual norm with radius s.
    @Test("Moreau: what the nuclear norm takes away is the projection on the spectral ball")
    func moreauNuclear() throws {
        var generator = SeededGenerator(seed: 4)
        let v = randomMatrix(5, 8, &generator)
        let scale = 2.0
        let decomposition = try SingularValueDecomposition(v)
        var left = decomposition.u
        for (index, value) in decomposition.values.enumerated() {
            left.setColumn(index, to: Vector.scaled(left.column(index), by: min(value, scale)))
        }
        let projection = left.multiplied(by: decomposition.vTransposed)
        let p = try Regularizer(.nuclear).proximal(of: v, scale: scale)
        #expect(relativeDistance(p.adding(projection).elements, v.elements, to: v.elements) < 1e-14)
    }

    @Test("Moreau: what l1 and l2,1 take away is the projection on the box and on the balls of rows")
    func moreauElementsAndRows() throws {
        var generator = SeededGenerator(seed: 5)
        let v = randomMatrix(6, 4, &generator)
        let scale = 0.8
        let box = Matrix(
            rowCount: 6, columnCount: 4, elements: v.elements.map { max(-scale, min(scale, $0)) })
        let p = try Regularizer(.l1).proximal(of: v, scale: scale)
        #expect(relativeDistance(p.adding(box).elements, v.elements, to: v.elements) < 1e-15)
        var balls = v
        for row in 0..<6 {
            let values = v.row(row)
            balls.setRow(row, to: Vector.scaled(values, by: min(1, scale / Vector.norm(values))))
        }
        let q = try Regularizer(.l21).proximal(of: v, scale: scale)
        #expect(relativeDistance(q.adding(balls).elements, v.elements, to: v.elements) < 1e-15)
    }

    @Test("scale 0 is the identity, bit for bit", arguments: RegularizerKind.allCases)
    func identity(kind: RegularizerKind) throws {
        var generator = SeededGenerator(seed: 6)
        let v = randomMatrix(5, 4, &generator)
        let regularizer = try kind.example(taskCount: 4)
        #expect(try regularizer.proximal(of: v, scale: 0) == v)
        var auxiliary = try AuxiliaryMatrix(restoring: v, regularizer: regularizer, scale: 0)
        #expect(try proximalColumns(&auxiliary) == v)
    }

    @Test("the elastic net is l1 at ratio 1 and ridge at ratio 0")
    func elasticNetEnds() throws {
        var generator = SeededGenerator(seed: 7)
        let v = randomMatrix(5, 4, &generator)
        for (ratio, kind) in [(1.0, RegularizerKind.l1), (0.0, .ridge)] {
            let net = try Regularizer(.elasticNet, [.l1Ratio: ratio])
            #expect(try net.value(v) == Regularizer(kind).value(v))
            #expect(try net.proximal(of: v, scale: 0.4) == Regularizer(kind).proximal(of: v, scale: 0.4))
        }
    }

    @Test("an unpenalized row is kept, and the others do not feel it", arguments: RegularizerKind.allCases)
    func unpenalizedRows(kind: RegularizerKind) throws {
        var generator = SeededGenerator(seed: 8)
        let v = randomMatrix(5, 4, &generator)
        let intercept = try kind.example(taskCount: 4, unpenalizedRows: [0, 3])
        let p = try intercept.proximal(of: v, scale: 0.6)
        #expect(p.row(0) == v.row(0))
        #expect(p.row(3) == v.row(3))
        let others = [1, 2, 4]
        let rest = Matrix(rows: others.map { v.row($0) })
        let plain = try kind.example(taskCount: 4)
        let expected = try plain.proximal(of: rest, scale: 0.6)
        for (index, row) in others.enumerated() {
            #expect(
                relativeDistance(p.row(row), expected.row(index), to: v.elements) < kind.proximalTolerance)
        }
        #expect((try intercept.value(v) - plain.value(rest)).magnitude < 10 * kind.proximalTolerance)
    }

    @Test("equal tasks cost nothing under the mean regularizer, and stay")
    func equalTasks() throws {
        let v = Matrix(columns: [[1, -2], [1, -2], [1, -2]])
        #expect(try Regularizer(.mean).value(v) == 0)
        #expect(
            try Regularizer(.mean).proximal(of: v, scale: 5).adding(v, scaledBy: -1).frobeniusNorm < 1e-15)
    }

    @Test("a bad scale is refused", arguments: [-1e-300, -1, Double.nan, .infinity])
    func badScale(_ scale: Double) throws {
        let expected = MultiTaskLearningError(code: .invalidParameter, message: "")
        let v = Matrix(rowCount: 2, columnCount: 2)
        for kind in RegularizerKind.allCases {
            let regularizer = try kind.example(taskCount: 2)
            #expect(throws: expected) { try regularizer.proximal(of: v, scale: scale) }
            #expect(throws: expected) {
                try AuxiliaryMatrix(restoring: v, regularizer: regularizer, scale: scale)
            }
        }
    }

    @Test("bad parameters are refused with their value")
    func badParameters() {
        let expected = MultiTaskLearningError(code: .invalidParameter, message: "")
        for ratio in [-0.01, 1.01, .nan] {
            #expect(throws: expected) { try Regularizer(.elasticNet, [.l1Ratio: ratio]) }
        }
        for (kind, parameter, value) in [
            (RegularizerKind.nuclear, RegularizerParameter.addedRidge, -0.1), (.nuclear, .l1Ratio, 0.5),
            (.evgeniou, .deviationWeight, 0), (.sparseGroup, .rowWeight, -1), (.dirty, .elementWeight, 0),
            (.robust, .lowRankWeight, .infinity), (.split, .firstWeight, 0), (.split, .secondWeight, -1),
            (.split, .rowWeight, 1), (.cmtl, .clusters, 1.5), (.cmtl, .clusters, 4097),
            (.jacob, .withinWeight, 0.4), (.l1, .clusters, 1),
        ] {
            let error = #expect(throws: expected) { try Regularizer(kind, [parameter: value]) }
            #expect(error?.message.contains(parameter.rawValue) == true)
        }
        #expect(throws: Never.self) { try Regularizer(.cmtl, [.clusters: 4096]) }
        let twice = #expect(throws: expected) { try Regularizer(.l1, unpenalizedRows: [4, 1, 4]) }
        #expect(twice?.message.contains("got 4 twice") == true)
        #expect(throws: expected) { try Regularizer(.l1, unpenalizedRows: [-1]) }
    }

    @Test("a NaN and a row that is not there are refused, and the message says where")
    func badMatrix() throws {
        var v = Matrix(rowCount: 3, columnCount: 2)
        #expect(throws: MultiTaskLearningError(code: .shapeMismatch, message: "")) {
            try Regularizer(.l21, unpenalizedRows: [3]).proximal(of: v, scale: 1)
        }
        #expect(throws: Never.self) { try Regularizer(.l21, unpenalizedRows: [2]).proximal(of: v, scale: 1) }
        v[2, 1] = .nan
        for kind in RegularizerKind.allCases {
            let error = #expect(throws: MultiTaskLearningError.self) {
                try kind.example(taskCount: 2).value(v)
            }
            #expect(error?.code == .nonFinite)
            #expect(error?.message.contains("row 2 of column 1") == true)
        }
    }

    @Test("a graph or a covariance that is absent, foreign or impossible is refused")
    func badStructure() throws {
        let expected = MultiTaskLearningError(code: .invalidParameter, message: "")
        let graph = try TaskGraph(taskCount: 2, edges: [.init(0, 1)])
        #expect(throws: expected) { try Regularizer(.graph) }
        #expect(throws: expected) { try Regularizer(.mean, structure: .graph(graph)) }
        #expect(throws: expected) { try Regularizer(.covariance, structure: .graph(graph)) }
        for edge in [
            TaskGraph.Edge(0, 2), .init(-1, 0), .init(1, 1), .init(0, 1, weight: 0),
            .init(0, 1, weight: .nan),
        ] {
            #expect(throws: expected) { try TaskGraph(taskCount: 2, edges: [edge]) }
        }
        let limit = MultiTaskLearningLimits.coupledTaskCount
        for (count, isAllowed) in [(0, false), (1, true), (limit, true), (limit + 1, false)] {
            if isAllowed {
                #expect(throws: Never.self) { try TaskGraph(taskCount: count, edges: []) }
            } else {
                #expect(throws: expected) { try TaskGraph(taskCount: count, edges: []) }
            }
        }
        let bad = [
            Matrix(rowCount: 2, columnCount: 3), Matrix(rowCount: 2, columnCount: 2),
            Matrix(columns: [[1, 2], [2, 1]]), Matrix(columns: [[1, 0.1], [0, 1]]),
            Matrix(columns: [[1, 0], [0, .nan]]), Matrix(columns: [[1, 0], [0, 1e-13]]),
        ]
        for covariance in bad {
            #expect(throws: expected) { try Regularizer(.covariance, structure: .covariance(covariance)) }
        }
    }

    @Test(
        "another number of tasks than the regularizer is for is refused",
        arguments: [RegularizerKind.graph, .covariance])
    func otherTaskCount(kind: RegularizerKind) throws {
        let expected = MultiTaskLearningError(code: .shapeMismatch, message: "")
        let regularizer = try kind.example(taskCount: 3)
        for (count, fits) in [(2, false), (3, true), (4, false)] {
            let v = Matrix(rowCount: 2, columnCount: count)
            if fits {
                #expect(try regularizer.value(v) == 0)
            } else {
                #expect(throws: expected) { try regularizer.value(v) }
                #expect(throws: expected) { try regularizer.proximal(of: v, scale: 1) }
                #expect(throws: expected) {
                    try AuxiliaryMatrix(restoring: v, regularizer: regularizer, scale: 1)
                }
            }
        }
        for kind in [RegularizerKind.cmtl, .jacob] {
            let clusters = try Regularizer(kind, [.clusters: 3])
            #expect(throws: expected) { try clusters.value(Matrix(rowCount: 2, columnCount: 2)) }
            #expect(try clusters.value(Matrix(rowCount: 2, columnCount: 3)) == 0)
        }
    }

    @Test(
        "names in a study",
        arguments: zip(
            RegularizerKind.allCases,
            [
                "nuclear", "l21", "l1", "ridge", "elastic-net", "mean", "evgeniou", "graph", "temporal",
                "covariance", "learned-covariance", "l1inf", "sparse-group", "dirty", "dirty-l21", "robust",
                "split", "cmtl", "jacob", "pairwise",
            ]))
    func names(kind: RegularizerKind, name: String) {
        #expect(kind.rawValue == name)
    }
}
