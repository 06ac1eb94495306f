internal import Federation
internal import ReleaseEncoding
internal import Sodium

/// A task's record, of whose update reference only the name is in the row.
struct TaskRow {
    static let releaseHashByteCount = 32

    var position: Int
    var record: TaskRecord
    var updateReference: ReferenceHash

    static func row(position: Int, name: TaskName, record: TaskRecord) -> EncodedRow {
        var row = SQLValues()
        row.append(position)
        row.append(name.rawValue)
        row.append(record.nextSequence)
        if let issued = record.issued {
            row.append(issued.sequence)
            row.append(issued.version)
            row.append(issued.reference.bytes)
            row.append(issued.time)
        } else {
            for _ in 0..<4 { row.appendNull() }
        }
        if let answer = record.lastAnswer {
            row.append(answer.acceptance.sequence)
            row.append(answer.acceptance.version)
            row.append(answer.acceptance.staleness)
            row.append(answer.acceptance.relaxation)
            row.append(answer.releaseHash)
        } else {
            for _ in 0..<5 { row.appendNull() }
        }
        row.append(record.recentDelays)
        row.append(record.lastVersion)
        row.append(record.squaredResidual)
        row.append(record.isAbandoned)
        row.append(record.isFetched)
        row.append(record.updateReference.hash.bytes)
        if record.isSpent { row.append(true) } else { row.appendNull() }
        return EncodedRow(.task, row)
    }

    /// Reads the row and checks that it is the plan's.
    ///
    /// - Throws: ``AggregatorStorageError``: `corrupted`, or `otherStudy` where the study file has its tasks in another
    ///   order: its digest is the same in any.
    init(_ row: StoredRow, plan: StudyPlan, folder: String) throws {
        var row = row
        position = try row.integer(in: plan.tasks.indices)
        let name = TaskName(try row.text())
        guard name == plan.tasks[position].name else {
            guard plan.tasks.contains(where: { $0.name == name }) else {
                throw row.corruption("name is '\(name)', in the study '\(plan.tasks[position].name)'")
            }
            throw AggregatorStorageError(
                .otherStudy,
                "the state in \(folder) has the study's tasks in another order than the study file: number "
                    + "\(position + 1) is '\(name)' in the state and '\(plan.tasks[position].name)' in the file; put "
                    + "the tasks back in their order, which "
                    + "`SELECT name FROM task ORDER BY position` of the state's database tells")
        }
        record = TaskRecord(dimension: plan.dimension)
        record.nextSequence = try row.unsigned()
        if let sequence = try row.optionalUnsigned() {
            record.issued = TaskRecord.IssuedRead(
                sequence: sequence, version: try row.unsigned(), reference: try Self.reference(&row),
                time: try row.time())
        } else {
            for _ in 0..<2 { _ = try row.optionalUnsigned() }
            _ = try row.optionalTime()
        }
        if let sequence = try row.optionalUnsigned() {
            record.lastAnswer = TaskRecord.Answer(
                acceptance: Acceptance(
                    task: name, sequence: sequence, version: try row.unsigned(),
                    staleness: try row.unsigned(), relaxation: try row.real()),
                releaseHash: try row.bytes(count: Self.releaseHashByteCount))
        } else {
            for _ in 0..<2 { _ = try row.optionalUnsigned() }
            _ = try row.optionalReal()
            _ = try row.optionalBytes(count: Self.releaseHashByteCount)
        }
        record.recentDelays = try row.numbers(0...FederationLimits.recentDelayCount)
        record.lastVersion = try row.unsigned()
        record.squaredResidual = try row.optionalReal()
        record.isAbandoned = try row.boolean()
        record.isFetched = try row.boolean()
        updateReference = try Self.reference(&row)
        record.isSpent = try row.optionalUnsigned() != nil
    }

    static func reference(_ row: inout StoredRow) throws -> ReferenceHash {
        let bytes = try row.bytes(count: ReferenceHash.byteCount)
        guard let reference = ReferenceHash(bytes: bytes) else {
            throw row.corruption("a reference has \(bytes.count) bytes")
        }
        return reference
    }
}
