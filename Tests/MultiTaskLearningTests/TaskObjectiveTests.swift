internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite struct TaskObjectiveTests {
    private static let seeds: [UInt64] = [1, 2, 3]

    private func objective(
        _ loss: LossKind, _ scale: LossScale, weight: Double = 1, shape: (n: Int, d: Int) = (9, 4),
        seed: UInt64
    ) throws -> TaskObjective {
        var generator = SeededGenerator(seed: seed)
        let targets = randomVector(shape.n, &generator).map { loss == .logistic ? ($0 > 0 ? 1 : -1) : $0 }
        return try TaskObjective(
            features: randomMatrix(shape.n, shape.d, &generator), targets: targets, loss: loss, scale: scale,
            weight: weight)
    }

    @Test("squared loss by hand: half the sum of squares, divided by n for the mean")
    func squaredByHand() throws {
        let features = Matrix(columns: [[1, 0], [2, 3]])
        let sum = try TaskObjective(
            features: features, targets: [1, 1], loss: .squared, scale: .sum, weight: 3)
        // Predictions (1, 3) at w = (-1, 1): residuals (0, 2).
        #expect(sum.predictions(at: [-1, 1]) == [1, 3])
        #expect(sum.value(at: [-1, 1]) == 6)
        #expect(sum.gradient(at: [-1, 1]) == [0, 18])
        let mean = try TaskObjective(features: features, targets: [1, 1], loss: .squared, scale: .mean)
        #expect(mean.value(at: [-1, 1]) == 1)
        #expect(mean.gradient(at: [-1, 1]) == [0, 3])
    }

    @Test("logistic loss at w = 0 is n log 2, its gradient minus half the labelled sum")
    func logisticAtZero() throws {
        let task = try TaskObjective(
            features: Matrix(columns: [[1, 2, 4]]), targets: [1, 0, 1], loss: .logistic, scale: .sum)
        #expect(task.targets == [1, -1, 1])
        #expect((task.value(at: [0]) - 3 * 0.6931471805599453).magnitude < 1e-15)
        #expect(task.gradient(at: [0]) == [-1.5])
    }

    @Test("the gradient equals central differences", arguments: LossKind.allCases, LossScale.allCases)
    func finiteDifferences(loss: LossKind, scale: LossScale) throws {
        for seed in Self.seeds {
            let task = try objective(loss, scale, weight: 1.7, seed: seed)
            var generator = SeededGenerator(seed: seed + 100)
            let w = randomVector(task.dimension, &generator)
            let (value, gradient) = task.valueAndGradient(at: w)
            #expect(value == task.value(at: w))
            #expect(gradient == task.gradient(at: w))
            let step = 1e-5
            let differences = w.indices.map { index in
                var (above, below) = (w, w)
                above[index] += step
                below[index] -= step
                return (task.value(at: above) - task.value(at: below)) / (2 * step)
            }
            // Truncation is of order step^2, rounding eps / step: both near 1e-10.
            #expect(relativeDistance(differences, gradient, to: gradient) < 1e-8, "seed \(seed)")
        }
    }

    @Test("the logistic loss neither overflows nor loses small values at large margins")
    func logisticStability() throws {
        func task(_ label: Double) throws -> TaskObjective {
            try TaskObjective(
                features: Matrix(columns: [[1]]), targets: [label], loss: .logistic, scale: .sum)
        }
        let positive = try task(1)
        let negative = try task(-1)
        #expect(positive.value(at: [1e4]) == 0)
        #expect(positive.gradient(at: [1e4]) == [0])
        #expect(positive.value(at: [-1e4]) == 1e4)
        #expect(positive.gradient(at: [-1e4]) == [-1])
        #expect(negative.value(at: [1e4]) == 1e4)
        #expect(negative.gradient(at: [1e4]) == [1])
        #expect(negative.value(at: [-1e4]) == 0)
        // log(1 + exp(-40)) = exp(-40) to 17 digits, where 1 + exp(-40) rounds to 1.
        let tail = 4.248354255291589e-18
        #expect((positive.value(at: [40]) - tail).magnitude < 1e-14 * tail)
        #expect((positive.gradient(at: [40])[0] + tail).magnitude < 1e-14 * tail)
        #expect((positive.value(at: [-40]) - 40).magnitude < 1e-14)
    }

    @Test("labels 0 and 1 and labels -1 and 1 give the same objective")
    func labelConventions() throws {
        let features = Matrix(columns: [[1, 2, 3], [0, 1, -1]])
        let zeroOne = try TaskObjective(
            features: features, targets: [0, 1, 0], loss: .logistic, scale: .mean)
        let signs = try TaskObjective(
            features: features, targets: [-1, 1, -1], loss: .logistic, scale: .mean)
        #expect(zeroOne.targets == signs.targets)
        #expect(zeroOne.value(at: [0.3, -2]) == signs.value(at: [0.3, -2]))
    }

    @Test(
        "a target that is no label is refused with its index and value",
        arguments: [([1, 0, 2], 2, "2.0"), ([0, -1, 1], 0, "0.0"), ([0.5], 0, "0.5")]
            as [([Double], Int, String)])
    func badLabels(targets: [Double], index: Int, value: String) {
        let features = Matrix(rowCount: targets.count, columnCount: 1)
        let error = #expect(throws: MultiTaskLearningError.self) {
            try TaskObjective(features: features, targets: targets, loss: .logistic, scale: .sum)
        }
        #expect(error?.code == .invalidLabel)
        #expect(error?.message.hasPrefix("target \(index) is \(value);") == true)
        #expect(throws: Never.self) {
            try TaskObjective(features: features, targets: targets, loss: .squared, scale: .sum)
        }
    }

    @Test(
        "the Lipschitz constant bounds the gradient's change, and the squared loss reaches it",
        arguments: LossKind.allCases)
    func lipschitzConstant(loss: LossKind) throws {
        for (seed, shape) in zip(Self.seeds, [(9, 4), (3, 8), (5, 5)]) {
            let task = try objective(loss, .mean, weight: 2.5, shape: shape, seed: seed)
            let constant = try task.lipschitzConstant()
            var generator = SeededGenerator(seed: seed + 50)
            for _ in 0..<20 {
                let x = randomVector(task.dimension, &generator)
                let y = randomVector(task.dimension, &generator)
                let change = Vector.norm(Vector.subtracting(task.gradient(at: y), from: task.gradient(at: x)))
                let distance = Vector.norm(Vector.subtracting(y, from: x))
                #expect(change <= constant * distance * (1 + 1e-12), "seed \(seed)")
            }
            let top = try SingularValueDecomposition(task.features).vTransposed.row(0)
            let zero = [Double](repeating: 0, count: task.dimension)
            let small = Vector.scaled(top, by: 1e-3)
            let change = Vector.norm(
                Vector.subtracting(task.gradient(at: zero), from: task.gradient(at: small)))
            // The logistic Hessian is at its bound at w = 0, to first order in the step.
            #expect(change / 1e-3 >= constant * (loss == .squared ? 1 - 1e-12 : 1 - 1e-5), "seed \(seed)")
        }
    }

    @Test("shapes that do not fit, and empty ones, are refused")
    func badShapes() {
        let expected = MultiTaskLearningError(code: .shapeMismatch, message: "")
        for (rows, columns, targets) in [(2, 3, 3), (2, 3, 1), (0, 3, 0), (2, 0, 2)] {
            #expect(throws: expected) {
                try TaskObjective(
                    features: Matrix(rowCount: rows, columnCount: columns),
                    targets: [Double](repeating: 0, count: targets), loss: .squared, scale: .sum)
            }
        }
    }

    @Test("a NaN or an infinity is refused, and the message says where", arguments: [Double.nan, .infinity])
    func nonFinite(_ bad: Double) {
        let expected = MultiTaskLearningError(code: .nonFinite, message: "")
        var features = Matrix(rowCount: 3, columnCount: 2)
        let target = #expect(throws: expected) {
            try TaskObjective(features: features, targets: [0, bad, 0], loss: .squared, scale: .sum)
        }
        #expect(target?.message.contains("target 1 is") == true)
        features[2, 1] = bad
        let feature = #expect(throws: expected) {
            try TaskObjective(features: features, targets: [0, 0, 0], loss: .squared, scale: .sum)
        }
        #expect(feature?.message.contains("feature 1 of record 2 is") == true)
    }

    @Test("a weight that is not positive and finite is refused", arguments: [0, -1, Double.nan, .infinity])
    func badWeight(_ weight: Double) {
        #expect(throws: MultiTaskLearningError(code: .invalidParameter, message: "")) {
            try TaskObjective(
                features: Matrix(rowCount: 1, columnCount: 1), targets: [0], loss: .squared, scale: .sum,
                weight: weight)
        }
    }

    @Test("a model of the wrong length stops the program")
    func wrongModel() async {
        await #expect(processExitsWith: .failure) {
            let task = try TaskObjective(
                features: Matrix(rowCount: 1, columnCount: 2), targets: [0], loss: .squared, scale: .sum)
            _ = task.value(at: [1])
        }
    }
}
