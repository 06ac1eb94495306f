internal import Datasets
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Reporting

/// How well models do on records that they were not trained on: of each task alone, of all tasks pooled, and coupled.
struct Generalization: Sendable {
    enum Model: String, CaseIterable, Sendable {
        case single = "each task alone, ridge"
        case pooled = "one model of all, ridge"
        case nuclear = "coupled, nuclear"
        case mean = "coupled, mean"
    }

    /// A model's scores on held-out records, one a seed, and the lambdas that were chosen.
    struct Outcome: Sendable {
        var scores: [Double] = []
        var lambdas: [Double] = []
        /// The relative suboptimality at which the federation's run of each seed ended; empty for uncoupled models.
        var suboptimalities: [Double] = []
    }

    let dataset: Dataset
    let loss: LossKind
    /// The part of each task's records that trains.
    let trainFraction: Double
    let lambdas: [Double]
    let seeds: [UInt64]

    /// How near to its optimum a model is trained, relative: errors on held-out records do not tell more.
    let gap: Double
    /// Where a federation's run is given up.
    private static let epochLimit = 200

    /// Whether a larger score is better.
    private var isLargerBetter: Bool { loss == .logistic }

    /// Splits, chooses each model's lambda on a part of the training records, trains, and scores.
    func outcomes() async throws -> [Model: Outcome] {
        let jobs = seeds.flatMap { seed in Model.allCases.map { (seed, $0) } }
        let results = try await ConcurrentMap.map(jobs) { seed, model in
            let split = try DatasetSplit(dataset, trainFraction: trainFraction, seed: seed)
            let inner = try DatasetSplit(split.train, trainFraction: 0.7, seed: seed)
            var best: (lambda: Double, score: Double)?
            for lambda in lambdas {
                let score = try validationScore(model, lambda: lambda, split: inner)
                if best.map({ isLargerBetter ? score > $0.score : score < $0.score }) ?? true {
                    best = (lambda, score)
                }
            }
            let lambda = best?.lambda ?? lambdas[0]
            let (train, test) = try Self.standardized(split)
            let (weights, suboptimality) = try trained(model, lambda: lambda, train: train)
            return (lambda, try score(weights, on: test), suboptimality)
        }
        var outcomes: [Model: Outcome] = [:]
        for ((_, model), (lambda, score, suboptimality)) in zip(jobs, results) {
            outcomes[model, default: Outcome()].scores.append(score)
            outcomes[model, default: Outcome()].lambdas.append(lambda)
            if let suboptimality {
                outcomes[model, default: Outcome()].suboptimalities.append(suboptimality)
            }
        }
        return outcomes
    }

    private func validationScore(_ model: Model, lambda: Double, split: DatasetSplit) throws -> Double {
        let (train, test) = try Self.standardized(split)
        return try score(weights(model, lambda: lambda, train: train), on: test)
    }

    /// Returns both parts z-scored by all training records together, so that tasks keep their differences, with an
    /// intercept.
    static func standardized(_ split: DatasetSplit) throws -> (train: Dataset, test: Dataset) {
        let scores = Standardization(of: stacked(split.train, named: "all").features)
        func prepared(_ dataset: Dataset) throws -> Dataset {
            try Dataset(
                tasks: dataset.tasks.map {
                    TaskData(name: $0.name, features: scores.applied(to: $0.features), targets: $0.targets)
                }, featureNames: dataset.featureNames
            ).prepared(FeaturePreparation(addsIntercept: true))
        }
        return (try prepared(split.train), try prepared(split.test))
    }

    /// Returns the records of all tasks as one task.
    static func stacked(_ dataset: Dataset, named name: String) -> TaskData {
        let elements = (0..<dataset.dimension).flatMap { column in
            dataset.tasks.flatMap { $0.features.column(column) }
        }
        return TaskData(
            name: name,
            features: Matrix(
                rowCount: dataset.recordCount, columnCount: dataset.dimension, elements: elements),
            targets: dataset.tasks.flatMap(\.targets))
    }

    /// Returns a column a task, and where a coupled model's federation ended.
    ///
    /// The model is the federation's where that came near enough to the optimum, else the central solution.
    private func trained(
        _ model: Model, lambda: Double, train: Dataset
    ) throws -> (weights: Matrix, suboptimality: Double?) {
        guard let regularizer = try coupling(model, train: train) else {
            return (try weights(model, lambda: lambda, train: train), nil)
        }
        let problem = try Problem(
            train, loss: loss, regularizer: regularizer, lambda: lambda, optimumGap: gap)
        let run = try ArrivalRun(
            .douglasRachford, on: problem, seed: 1, until: gap, epochLimit: Self.epochLimit)
        let suboptimality = try problem.relativeSuboptimality(of: run.model)
        return (suboptimality <= gap ? run.model : problem.solution, suboptimality)
    }

    /// Returns a column a task, trained in one place.
    private func weights(_ model: Model, lambda: Double, train: Dataset) throws -> Matrix {
        if let regularizer = try coupling(model, train: train) {
            return try solved(train, regularizer, lambda: lambda)
        }
        let ridge = try Regularizer(.ridge, unpenalizedRows: [train.dimension - 1])
        guard model == .pooled else { return try solved(train, ridge, lambda: lambda) }
        let one = Dataset(tasks: [Self.stacked(train, named: "all")], featureNames: train.featureNames)
        let column = try solved(one, ridge, lambda: lambda).column(0)
        return Matrix(columns: train.tasks.map { _ in column })
    }

    /// Returns what couples the tasks; nil where nothing does.
    private func coupling(_ model: Model, train: Dataset) throws -> Regularizer? {
        switch model {
        case .single, .pooled: nil
        case .nuclear: try Regularizer(.nuclear, unpenalizedRows: [train.dimension - 1])
        case .mean: try Regularizer(.mean, unpenalizedRows: [train.dimension - 1])
        }
    }

    private func solved(_ dataset: Dataset, _ regularizer: Regularizer, lambda: Double) throws -> Matrix {
        let tasks = try dataset.tasks.map {
            try TaskObjective(features: $0.features, targets: $0.targets, loss: loss, scale: .sum)
        }
        return try CentralSolver(
            regularizer: regularizer, lambda: lambda, relativeGap: gap, iterationLimit: 3_000
        ).solve(tasks).w
    }

    /// Returns the mean over tasks of the area under the curve, or the root mean squared error of all records.
    private func score(_ weights: Matrix, on test: Dataset) throws -> Double {
        let predictions = test.tasks.enumerated().map { index, task in
            task.features.multiplied(by: weights.column(index))
        }
        switch loss {
        case .logistic:
            let areas = zip(test.tasks, predictions).compactMap { task, predicted in
                RankingScore.area(predictions: predicted, isPositive: task.targets.map { $0 > 0 })
            }
            guard !areas.isEmpty else { throw ExperimentsError("no held-out task has both labels") }
            return areas.reduce(0, +) / Double(areas.count)
        case .squared:
            var sum = 0.0
            for (task, predicted) in zip(test.tasks, predictions) {
                for (target, prediction) in zip(task.targets, predicted) {
                    sum += (target - prediction) * (target - prediction)
                }
            }
            return (sum / Double(test.recordCount)).squareRoot()
        }
    }

    /// Returns the models in the order of their mean scores, in words.
    func verdict(_ title: String, _ outcomes: [Model: Outcome], decimals: Int) -> String {
        let means = outcomes.mapValues { Figures.meanAndDeviation($0.scores).mean }
        func isBetter(_ left: Model, _ right: Model) -> Bool {
            let (left, right) = (means[left] ?? .nan, means[right] ?? .nan)
            return isLargerBetter ? left > right : left < right
        }
        let order = Model.allCases.sorted(by: isBetter)
        return "\(title): best is \(order[0].rawValue), then "
            + order.dropFirst().map { model in
                let difference = abs((means[model] ?? .nan) - (means[order[0]] ?? .nan))
                return "\(model.rawValue) (worse by \(NumberText.fixed(difference, decimals: decimals)))"
            }.joined(separator: ", ") + ". "
            + [Model.nuclear, .mean].map { model in
                let ends = outcomes[model]?.suboptimalities ?? []
                let near = ends.count { $0 <= gap }
                let rest = ends.count == near ? "" : ", the worst ended at \(Figures.power(ends.max() ?? 0))"
                return
                    "Federations within \("\(gap)".replacing("e-0", with: "e-")) (\(model.rawValue)): \(near) of \(ends.count)\(rest)."
            }.joined(separator: " ")
    }

    /// Returns a row a model.
    static func table(
        _ columns: [(title: String, outcomes: [Model: Outcome])], decimals: Int
    ) -> MarkdownTable {
        var table = MarkdownTable(
            ["model"] + columns.flatMap { [$0.title, "lambda"] })
        for model in Model.allCases {
            table.append(
                [model.rawValue]
                    + columns.flatMap { column in
                        let outcome = column.outcomes[model] ?? Outcome()
                        return [
                            Figures.meanText(outcome.scores, decimals: decimals),
                            Figures.range(outcome.lambdas),
                        ]
                    })
        }
        return table
    }
}
