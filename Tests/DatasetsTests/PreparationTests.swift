internal import Datasets
internal import LinearAlgebra
internal import SeededRandom
internal import Testing

@Suite struct PreparationTests {
    private let options = FeaturePreparation(standardizes: true, addsIntercept: true)

    private func dataset(_ columns: [[Double]], name: String = "a") -> Dataset {
        let features = Matrix(columns: columns)
        return Dataset(
            tasks: [
                TaskData(
                    name: name, features: features,
                    targets: (0..<features.rowCount).map { Double($0) })
            ],
            featureNames: columns.indices.map { "x\($0 + 1)" })
    }

    @Test("z-scores have mean 0 and deviation 1 with n - 1; constant features become 0")
    func standardization() throws {
        // 0.1 is no exact double: its computed mean over 7 records is not 0.1.
        let constant = [Double](repeating: 0.1, count: 7)
        let prepared = try dataset([[1, 2, 3, 4, 5, 6, 7], constant]).prepared(options)
        let features = prepared.tasks[0].features
        let deviation = (28.0 / 6).squareRoot()
        #expect(features.column(0) == [-3, -2, -1, 0, 1, 2, 3].map { $0 / deviation })
        #expect(features.column(1) == [Double](repeating: 0, count: 7))
        #expect(features.column(2) == [Double](repeating: 1, count: 7))
        #expect(prepared.featureNames == ["x1", "x2", "intercept"])
    }

    @Test("raw features stay, with or without the intercept")
    func raw() throws {
        let source = dataset([[1, 2], [3, 4]])
        #expect(try source.prepared(FeaturePreparation()) == source)
        let prepared = try source.prepared(FeaturePreparation(addsIntercept: true))
        #expect(prepared.tasks[0].features.elements == [1, 2, 3, 4, 1, 1])
        #expect(prepared.tasks[0].targets == source.tasks[0].targets)
        #expect(throws: DatasetsError(.duplicateColumn, "")) {
            try prepared.prepared(FeaturePreparation(addsIntercept: true))
        }
    }

    @Test("one record has no deviation, so every z-score is 0")
    func oneRecord() throws {
        #expect(try dataset([[5], [6]]).prepared(options).tasks[0].features.elements == [0, 0, 1])
    }

    @Test("z-scores of random features have the moments they should", arguments: [1, 2, 3] as [UInt64])
    func moments(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let columns = (0..<5).map { scale in (0..<200).map { _ in 1e3 + Double(scale) * generator.normal() } }
        let features = try dataset(columns).prepared(FeaturePreparation(standardizes: true)).tasks[0].features
        for index in 1..<5 {
            let column = features.column(index)
            let mean = column.reduce(0, +) / 200
            let variance = column.reduce(0) { $0 + $1 * $1 } / 199
            // 200 sums of rounding errors of 1e3 * 2^-53 relative to deviations of at least 1.
            #expect(abs(mean) < 1e-10, "seed \(seed)")
            #expect(abs(variance - 1) < 1e-10, "seed \(seed)")
        }
    }

    @Test("the test part is prepared by the training part's statistics")
    func leakage() throws {
        let source = dataset([(0..<20).map { Double($0 * $0) }, [Double](repeating: 3, count: 20)])
        let split = try DatasetSplit(source, trainFraction: 0.5, seed: 4)
        let prepared = try split.prepared(options)
        let statistics = Standardization(of: split.train.tasks[0].features)
        let expected = split.test.tasks[0].features.column(0).map {
            ($0 - statistics.means[0]) / statistics.deviations[0]
        }
        #expect(prepared.test.tasks[0].features.column(0) == expected)
        #expect(prepared.test.tasks[0].features.column(1).allSatisfy { $0 == 0 })
        #expect(prepared.test.tasks[0].features.column(2).allSatisfy { $0 == 1 })
        #expect(try prepared.train == split.train.prepared(options))
        #expect(prepared.test.featureNames == prepared.train.featureNames)
    }

    @Test(
        "a split parts the records as the fraction says, with at least one to train on",
        arguments: [(10, 0.3, 3), (10, 1.0, 10), (10, 0.001, 1), (1, 0.3, 1), (3, 0.5, 2), (7, 0.999, 7)])
    func sizes(count: Int, fraction: Double, trainCount: Int) throws {
        let source = dataset([(0..<count).map { Double($0) }])
        for seed in UInt64(0)..<20 {
            let split = try DatasetSplit(source, trainFraction: fraction, seed: seed)
            let train = split.train.tasks[0].targets
            let test = split.test.tasks[0].targets
            #expect(train.count == trainCount)
            #expect((train + test).sorted() == source.tasks[0].targets, "seed \(seed)")
            #expect(train == train.sorted() && test == test.sorted())
            #expect(split.train.tasks[0].features.elements == train)
            #expect(split.test.tasks[0].features.elements == test)
        }
    }

    @Test("a task is split alike whatever other tasks are there, and differently by seed and name")
    func independence() throws {
        let a = dataset([(0..<50).map { Double($0) }]).tasks[0]
        let b = TaskData(name: "b", features: a.features, targets: a.targets)
        let both = try DatasetSplit(
            Dataset(tasks: [b, a], featureNames: ["x"]), trainFraction: 0.5, seed: 9)
        let alone = try DatasetSplit(Dataset(tasks: [a], featureNames: ["x"]), trainFraction: 0.5, seed: 9)
        let other = try DatasetSplit(Dataset(tasks: [a], featureNames: ["x"]), trainFraction: 0.5, seed: 10)
        #expect(both.train.task(named: "a") == alone.train.task(named: "a"))
        #expect(both.train.tasks[0].targets != both.train.tasks[1].targets)
        #expect(other.train.tasks[0].targets != alone.train.tasks[0].targets)
        // What a seed gives is a promise: sites of different versions must agree.
        let ten = dataset([(0..<10).map { Double($0) }])
        let train = try DatasetSplit(ten, trainFraction: 0.5, seed: 1).train.tasks[0].targets
        #expect(train == goldenSplit)
    }

    // Computed by an independent program from the definitions of FNV-1a, SplitMix64, Lemire and Fisher-Yates.
    private let goldenSplit: [Double] = [0, 5, 6, 7, 8]

    @Test(
        "a validation part is cut from the training records, and the held-out ones rest",
        arguments: [
            (10, 0.5, 0.2, 1), (10, 1.0, 0.3, 3), (10, 0.5, 0.999, 4), (10, 0.2, 0.01, 1), (1, 1.0, 0.5, 0),
            (3, 0.3, 0.5, 0),
        ])
    func validation(count: Int, fraction: Double, part: Double, scored: Int) throws {
        let source = dataset([(0..<count).map { Double($0) }])
        for seed in UInt64(0)..<20 {
            let whole = try DatasetSplit(source, trainFraction: fraction, seed: seed)
            let split = try DatasetSplit(
                source, trainFraction: fraction, validationFraction: part, seed: seed)
            let train = split.train.tasks[0].targets
            let validation = split.test.tasks[0].targets
            #expect(validation.count == scored && train.count >= 1)
            #expect((train + validation).sorted() == whole.train.tasks[0].targets, "seed \(seed)")
            #expect(train == train.sorted() && validation == validation.sorted())
        }
    }

    @Test("validation fractions outside [0, 1) are refused", arguments: [-0.1, 1, .nan, .infinity])
    func validationFractions(fraction: Double) {
        #expect(throws: DatasetsError(.invalidParameter, "")) {
            try DatasetSplit(
                dataset([[1, 2]]), trainFraction: 0.5, validationFraction: fraction, seed: 1)
        }
    }

    @Test("fractions outside (0, 1] are refused", arguments: [0, -0.1, 1.0001, .nan, .infinity])
    func fractions(fraction: Double) {
        #expect(throws: DatasetsError(.invalidParameter, "")) {
            try DatasetSplit(dataset([[1, 2]]), trainFraction: fraction, seed: 1)
        }
    }
}
