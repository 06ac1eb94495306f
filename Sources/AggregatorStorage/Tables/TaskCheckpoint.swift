internal import Federation
internal import MultiTaskLearning
internal import ReleaseEncoding

/// A task's vectors at a version; later releases are replayed on it by the code that applied them.
struct TaskCheckpoint {
    var task: Int
    /// The version of the task's newest update in it; 0 before the first.
    var version: UInt64 = 0
    /// The task's column of V.
    var auxiliary: [Double]
    /// What both ends hold of the task's updates.
    var updateReference: Reference

    /// Creates the vectors of a task that was never heard.
    init(task: Int, dimension: Int) {
        self.task = task
        auxiliary = Array(repeating: 0, count: dimension)
        updateReference = Reference(dimension: dimension)
    }

    init(task: Int, version: UInt64, auxiliary: [Double], updateReference: Reference) {
        self.task = task
        self.version = version
        self.auxiliary = auxiliary
        self.updateReference = updateReference
    }

    var row: EncodedRow {
        var row = SQLValues(byteCount: 256 + 2 * auxiliary.count * MemoryLayout<Double>.size)
        row.append(task)
        row.append(version)
        row.append(auxiliary)
        row.append(updateReference.value)
        row.append(updateReference.hash.bytes)
        return EncodedRow(.checkpoint, row)
    }

    init(_ row: StoredRow, plan: StudyPlan) throws {
        var row = row
        task = try row.integer(in: plan.tasks.indices)
        version = try row.unsigned()
        let size = plan.dimension...plan.dimension
        auxiliary = try row.numbers(size)
        let value = try row.numbers(size)
        updateReference = Reference(value: value, hash: try TaskRow.reference(&row))
    }

    /// Applies an accepted update again.
    ///
    /// - Throws: ``AggregatorStorageError`` `corrupted` where it does not follow from those before.
    mutating func replay(_ update: AppliedUpdate) throws {
        do {
            updateReference = try ReleaseCodec.decode(
                update.release, reference: updateReference, dimension: auxiliary.count)
        } catch {
            throw StoredRow.corruption("accepted", row: "\(update.version)", "its release: \(error)")
        }
        auxiliary = BackwardForward.relaxed(
            v: auxiliary, u: updateReference.value, relaxation: update.relaxation)
        version = update.version
    }
}
