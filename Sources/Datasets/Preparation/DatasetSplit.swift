internal import SeededRandom

/// Two parts of a data set that share no record: one to train on, one to score on.
package struct DatasetSplit: Sendable, Equatable {
    /// The training part; every task has at least one record.
    package let train: Dataset
    /// The part that is scored, by the final model or to choose by; a task may have no record.
    package let test: Dataset

    /// Divides every task's records at random.
    ///
    /// The division of a task follows from the seed, its name and its number of records alone, so that a site
    /// that loads one task divides it as a process does that loads all. Records keep their order.
    ///
    /// - Parameter trainFraction: In (0, 1]; a task trains on this part of its records, rounded to the
    ///   nearest, at least one.
    /// - Parameter validationFraction: In [0, 1); above 0 this part of those records, rounded to the nearest, at
    ///   least one where there are two and never all, is scored instead of the others, which are in neither part:
    ///   who chooses by the scores has not seen what the final model is scored on. What is held out without it does
    ///   not depend on it.
    /// - Throws: `invalidParameter`.
    package init(
        _ dataset: Dataset, trainFraction: Double, validationFraction: Double = 0, seed: UInt64
    ) throws {
        guard trainFraction > 0, trainFraction <= 1 else {
            throw DatasetsError(
                .invalidParameter, "the training fraction must be in (0, 1], got \(trainFraction)")
        }
        guard validationFraction >= 0, validationFraction < 1 else {
            throw DatasetsError(
                .invalidParameter, "the validation fraction must be in [0, 1), got \(validationFraction)")
        }
        var train: [TaskData] = []
        var test: [TaskData] = []
        for task in dataset.tasks {
            let count = task.recordCount
            let wanted = Int((trainFraction * Double(count)).rounded())
            let trainCount = min(max(wanted, 1), count)
            var generator = TaskSeed.generator(seed: seed, task: task.name, purpose: "split")
            let order = generator.shuffled(Array(0..<count))
            let trained = order[..<trainCount].sorted()
            guard validationFraction > 0 else {
                train.append(task.selecting(trained))
                test.append(task.selecting(order[trainCount...].sorted()))
                continue
            }
            let part = Int((validationFraction * Double(trainCount)).rounded())
            let validationCount = min(max(part, 1), trainCount - 1)
            var chooser = TaskSeed.generator(seed: seed, task: task.name, purpose: "validation")
            let chosen = chooser.shuffled(trained)
            train.append(task.selecting(chosen[validationCount...].sorted()))
            test.append(task.selecting(chosen[..<validationCount].sorted()))
        }
        self.train = Dataset(tasks: train, featureNames: dataset.featureNames)
        self.test = Dataset(tasks: test, featureNames: dataset.featureNames)
    }

    private init(train: Dataset, test: Dataset) {
        self.train = train
        self.test = test
    }

    /// Returns both parts prepared by the statistics of the training part, task by task.
    package func prepared(_ preparation: FeaturePreparation) throws -> DatasetSplit {
        let names = try preparation.featureNames(train.featureNames)
        return DatasetSplit(
            train: try train.prepared(preparation),
            test: Dataset(
                tasks: zip(test.tasks, train.tasks).map { preparation.prepared($0, statistics: $1) },
                featureNames: names))
    }
}

/// Randomness of one task that depends on no other task.
enum TaskSeed {
    /// Returns the generator of a task for a purpose: its seed is the FNV-1a hash of all three.
    static func generator(seed: UInt64, task: String, purpose: String) -> SeededGenerator {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: seed >> UInt64(shift))) }
        for byte in purpose.utf8 { add(byte) }
        add(0)
        for byte in task.utf8 { add(byte) }
        return SeededGenerator(seed: hash)
    }
}
