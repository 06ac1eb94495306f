internal import LinearAlgebra
package import MultiTaskLearning
package import PrivacyMechanisms

/// A task's records as the units of a private study: what is clipped, which records belong together, and what the noisy
/// mean is multiplied by.
package struct TaskGradients: Sendable {
    package let plan: ReleasePlan
    /// The gradient of the task's weighted loss over the noisy mean.
    package let factor: Double
    private let records: UnitRecords
    /// Whose record each one is, where persons are hidden.
    private let persons: [String]

    /// - Parameter persons: Whose record each one is, where the plan hides persons; one a record.
    package init(_ objective: TaskObjective, plan: ReleasePlan, persons: [String]? = nil) {
        self.plan = plan
        self.persons = persons ?? []
        switch plan.unit {
        case .site:
            // One unit: its whole gradient, weight and all, is what is clipped.
            records = .whole(objective)
            factor = 1
        case .record, .person:
            records = .each(RecordRows(objective))
            // N is public; the number of units under a sum is the declared one, too.
            factor =
                objective.scale == .sum
                ? objective.weight * Double(plan.normalization.declaredCount) : objective.weight
        }
    }

    /// Which records make a unit.
    ///
    /// - Parameter added: Units of one record each, behind the task's own.
    package func grouping(added: Int = 0) -> UnitGrouping {
        switch plan.unit {
        case .record: .records
        case .person: .persons(persons.map { "p" + $0 } + (0..<added).map { "a\($0)" })
        case .site: .site(recordCount: 1)
        }
    }

    /// The task's own units.
    package var unitCount: Int {
        switch plan.unit {
        case .record: records.count
        case .person: Set(persons).count
        case .site: 1
        }
    }

    /// The gradients at a column.
    package func units(at column: [Double]) -> some RecordGradients {
        UnitGradients(records: records, column: column)
    }
}

/// The records of a task as rows, one after the other.
private struct RecordRows: Sendable {
    let objective: TaskObjective
    /// n x d, row-major.
    private let rows: [Double]

    init(_ objective: TaskObjective) {
        self.objective = objective
        rows = (0..<objective.recordCount).flatMap { row in
            (0..<objective.dimension).map { objective.features[row, $0] }
        }
    }

    func gradient(ofRecord index: Int, at column: [Double]) -> RawGradient {
        let features = Array(rows[index * column.count..<(index + 1) * column.count])
        var prediction = 0.0
        for element in column.indices { prediction += features[element] * column[element] }
        return RawGradient(
            slope: objective.slope(ofRecord: index, prediction: prediction), features: features)
    }
}

/// What is clipped: each record's gradient, or the whole one.
private enum UnitRecords: Sendable {
    case each(RecordRows)
    case whole(TaskObjective)

    var count: Int {
        switch self {
        case .each(let rows): rows.objective.recordCount
        case .whole: 1
        }
    }
}

private struct UnitGradients: RecordGradients {
    let records: UnitRecords
    let column: [Double]

    var recordCount: Int { records.count }

    func gradient(ofRecord index: Int) -> RawGradient {
        switch records {
        case .each(let rows): rows.gradient(ofRecord: index, at: column)
        case .whole(let objective): RawGradient(objective.gradient(at: column))
        }
    }
}
