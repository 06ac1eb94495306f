internal import Federation
internal import Sodium

/// The constants of a stored study.
struct StudyRow {
    var instance: InstanceIdentifier

    static func row(plan: StudyPlan, instance: InstanceIdentifier) -> EncodedRow {
        var row = SQLValues()
        row.append(1)
        row.append(plan.name)
        row.append(plan.digest)
        row.append(instance.bytes)
        row.append(plan.dimension)
        row.append(plan.tasks.count)
        return EncodedRow(.study, row)
    }

    /// Reads the row and checks that it is the plan's.
    ///
    /// - Throws: ``AggregatorStorageError``: `corrupted`, or `otherStudy` with both names.
    init(_ row: StoredRow, plan: StudyPlan, folder: String) throws {
        var row = row
        _ = try row.unsigned()
        let name = try row.text()
        let digest = try row.bytes(count: plan.digest.count)
        let instanceBytes = try row.bytes(count: InstanceIdentifier.byteCount)
        _ = try row.unsigned()
        _ = try row.unsigned()
        guard name == plan.name else {
            throw AggregatorStorageError(
                .otherStudy,
                "the state in \(folder) is the study '\(name)', and '\(plan.name)' is to be served; give each study a "
                    + "state folder of its own")
        }
        guard digest == plan.digest else {
            throw AggregatorStorageError(
                .otherStudy,
                "the state in \(folder) is the study '\(name)' with other settings than the study file has now; put the "
                    + "settings back as they were, or give the changed study a state folder of its own")
        }
        guard let instance = InstanceIdentifier(bytes: instanceBytes) else {
            throw row.corruption("instance has \(instanceBytes.count) bytes")
        }
        self.instance = instance
    }
}
