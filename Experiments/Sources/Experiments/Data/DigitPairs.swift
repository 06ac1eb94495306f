internal import Datasets

/// Tasks that tell two classes of one set of records apart.
enum DigitPairs {
    /// Returns the pairs 0 and 9, 1 and 8, to 4 and 5; the larger digit has the label 1.
    ///
    /// - SeeAlso: Baytas et al. 2016, section IV-A.
    static func tasks(of records: TaskData, featureNames: [String]) -> Dataset {
        Dataset(
            tasks: (0..<5).map { digit in
                task(
                    named: "\(digit)v\(9 - digit)", of: records, negative: Double(digit),
                    positive: Double(9 - digit))
            }, featureNames: featureNames)
    }

    /// Returns the records of two classes, with the labels 0 and 1.
    static func task(named name: String, of records: TaskData, negative: Double, positive: Double) -> TaskData
    {
        let chosen = records.targets.indices.filter { index in
            records.targets[index] == negative || records.targets[index] == positive
        }
        let part = records.selecting(Array(chosen))
        return TaskData(
            name: name, features: part.features, targets: part.targets.map { $0 == positive ? 1 : 0 })
    }
}
