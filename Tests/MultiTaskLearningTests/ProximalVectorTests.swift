internal import LinearAlgebra
internal import MultiTaskLearning
internal import Testing

@Suite(.enabled(if: ProximalVectors.path != nil, "skipped: no data"))
struct ProximalVectorTests {
    private static let kinds: [String: RegularizerKind] = [
        "nuclear": .nuclear, "l21_rows": .l21, "l1": .l1, "half_squared_l2": .ridge,
        "mean_regularised": .mean,
    ]

    private let vectors: ProximalVectors

    init() throws {
        vectors = try ProximalVectors.load(#require(ProximalVectors.path))
    }

    @Test(
        "the regularizers and their proximal operators equal the published ones",
        arguments: kinds.keys.sorted())
    func proximalOperators(name: String) throws {
        let tolerance = vectors.header.tolerance.closed_form_ops
        let regularizer = try Regularizer(#require(Self.kinds[name]))
        var compared = 0
        for example in vectors.cases {
            let v = Matrix(rows: example.V)
            let norm = v.frobeniusNorm
            for expected in example.ops where expected.op == name {
                let context: Comment = "\(example.id), tau \(expected.tau)"
                let w = try regularizer.proximal(of: v, scale: expected.tau)
                if let whole = expected.W {
                    let distance = w.adding(Matrix(rows: whole), scaledBy: -1).frobeniusNorm
                    #expect(distance <= tolerance * norm, context)
                } else {
                    let largest = v.elements.reduce(0) { max($0, $1.magnitude) }
                    for sample in try #require(expected.sample_ij_value) {
                        let value = w[Int(sample[0]), Int(sample[1])]
                        #expect((value - sample[2]).magnitude <= tolerance * largest, context)
                    }
                }
                #expect((w.frobeniusNorm - expected.fro).magnitude <= tolerance * norm, context)
                #expect((w.elements.reduce(0, +) - expected.sum).magnitude <= tolerance * norm, context)
                let valueAtV = try #require(expected.value_at_V)
                #expect((try regularizer.value(v) - valueAtV).magnitude <= tolerance * valueAtV, context)
                let difference = try regularizer.value(w) - expected.value_at_prox
                #expect(difference.magnitude <= tolerance * valueAtV, context)

                var auxiliary = try AuxiliaryMatrix(
                    restoring: v, regularizer: regularizer, scale: expected.tau, policy: .exact)
                let columns = try proximalColumns(&auxiliary)
                #expect(columns.adding(w, scaledBy: -1).frobeniusNorm <= 1e-12 * norm, context)
                compared += 1
            }
        }
        // 4 matrices; the two norms that reach 0 in finite scale have a third one.
        #expect(compared >= 8)
    }

    @Test("objective, gradient and fixed point equal those of the solved problems")
    func solvedProblems() throws {
        let tolerance = vectors.header.tolerance
        var compared = 0
        for problem in vectors.mtl_problems {
            for solution in problem.solutions {
                guard let kind = Self.kinds[solution.penalty] else { continue }
                let context: Comment = "\(solution.loss), \(solution.penalty), T = \(problem.X.count)"
                let loss: LossKind = solution.loss == "logistic" ? .logistic : .squared
                let targets = loss == .logistic ? problem.labels : problem.y
                let objectives = try zip(problem.X, targets).map { features, targets in
                    try TaskObjective(
                        features: Matrix(rows: features), targets: targets, loss: loss, scale: .sum)
                }
                let regularizer = try Regularizer(kind)
                let w = Matrix(rows: solution.W)
                let value = try objectives.indices.reduce(solution.lambda * regularizer.value(w)) {
                    $0 + objectives[$1].value(at: w.column($1))
                }
                let allowed = tolerance.mtl_problems_objective * solution.objective
                #expect((value - solution.objective).magnitude <= allowed, context)

                // The vectors define the fixed point as v = W - step * gradient(W).
                let splitting = try BackwardForward(eta: solution.amtl_step)
                let v = Matrix(rows: solution.amtl_fixed_point_v)
                for (task, objective) in objectives.enumerated() {
                    let u = splitting.siteStep(from: w.column(task), objective: objective)
                    #expect(relativeDistance(u, v.column(task), to: v.elements) < 1e-12, context)
                }
                let scale = solution.amtl_step * solution.lambda
                let p = try regularizer.proximal(of: v, scale: scale)
                #expect(
                    p.adding(w, scaledBy: -1).frobeniusNorm <= tolerance.mtl_problems_W * w.frobeniusNorm,
                    context)
                compared += 1
            }
        }
        #expect(compared == 16)
    }
}
