internal import Federation

/// Lines of the accepted-update log as rows.
enum AcceptedRow {
    static func row(_ update: AppliedUpdate, task: Int) -> EncodedRow {
        var row = SQLValues()
        row.append(update.version)
        row.append(task)
        row.append(update.sequence)
        row.append(update.columnVersion)
        row.append(update.staleness)
        row.append(update.delay)
        row.append(update.relaxation)
        row.append(update.residual)
        row.append(update.loss)
        row.append(update.time)
        row.append(update.releaseHash)
        row.append(update.releaseByteCount)
        return EncodedRow(.accepted, row)
    }

    /// Reads a line, without its release bytes.
    static func update(_ row: StoredRow, plan: StudyPlan) throws -> (update: AppliedUpdate, task: Int) {
        var row = row
        let version = try row.unsigned()
        let task = try row.integer(in: plan.tasks.indices)
        let sequence = try row.unsigned()
        let columnVersion = try row.unsigned()
        let staleness = try row.unsigned()
        let delay = try row.real()
        let relaxation = try row.real()
        let residual = try row.real()
        let loss = try row.optionalReal()
        let time = try row.time()
        let releaseHash = try row.bytes(count: TaskRow.releaseHashByteCount)
        let update = AppliedUpdate(
            version: version, task: plan.tasks[task].name, sequence: sequence, columnVersion: columnVersion,
            staleness: staleness, delay: delay, relaxation: relaxation, residual: residual,
            releaseHash: releaseHash, releaseByteCount: try row.integer(in: 0..<Int.max), release: [],
            loss: loss, time: time)
        return (update, task)
    }
}

/// Receipts of refused releases as rows.
enum RefusedRow {
    static func row(_ refused: RefusedRelease, identifier: UInt64) -> EncodedRow {
        var row = SQLValues()
        row.append(identifier)
        row.append(refused.site.rawValue)
        row.append(refused.task.rawValue)
        row.append(refused.sequence)
        row.append(Int(refused.code.rawValue))
        row.append(refused.releaseHash)
        row.append(refused.releaseByteCount)
        row.append(refused.time)
        return EncodedRow(.refused, row)
    }

    /// Reads a receipt with its number.
    static func release(_ row: StoredRow) throws -> (number: UInt64, release: RefusedRelease) {
        var row = row
        let number = try row.unsigned()
        let site = SiteName(try row.text())
        let task = TaskName(try row.text())
        let sequence = try row.unsigned()
        let code = try row.unsigned()
        guard let code = UInt32(exactly: code).flatMap(Refusal.Code.init(rawValue:)) else {
            throw row.corruption("code is \(code), which this version does not know")
        }
        return (
            number,
            RefusedRelease(
                site: site, task: task, sequence: sequence, code: code,
                releaseHash: try row.bytes(count: TaskRow.releaseHashByteCount),
                releaseByteCount: try row.integer(in: 0..<Int.max), time: try row.time())
        )
    }
}
