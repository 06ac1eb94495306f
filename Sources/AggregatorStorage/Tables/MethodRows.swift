internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning

/// What the study's method has learned, as a row.
enum MethodRow {
    static func row(_ method: MethodProgress) -> EncodedRow {
        var row = SQLValues()
        row.append(1)
        row.append(method.relaxationSum)
        row.append(method.residualControl.multiplier)
        row.append(method.residualControl.smoothedResidual)
        row.append(method.eta?.eta)
        row.append(method.eta?.epoch)
        row.append(method.gamma?.gamma)
        row.append(method.gamma?.gammaEpoch)
        row.append(method.gamma.map { UInt64($0.guardMode) })
        row.append(method.gamma?.smallestResidual)
        row.append(method.gamma?.version)
        return EncodedRow(.method, row)
    }

    /// Reads the row, without the snapshot.
    static func method(_ row: StoredRow) throws -> MethodProgress {
        var row = row
        _ = try row.unsigned()
        var method = MethodProgress()
        method.relaxationSum = try row.real()
        method.residualControl = ResidualControl(
            multiplier: try row.real(), smoothedResidual: try row.optionalReal())
        if let eta = try row.optionalReal() {
            guard eta > 0, eta.isFinite else { throw row.corruption("eta is \(eta), not above 0") }
            method.eta = EtaRule.State(eta: eta, epoch: try row.unsigned())
        } else {
            _ = try row.optionalUnsigned()
        }
        guard let gamma = try row.optionalReal() else { return method }
        guard gamma > 0, gamma.isFinite else { throw row.corruption("gamma is \(gamma), not above 0") }
        var state = GammaRule.State(gamma: gamma)
        state.gammaEpoch = try row.unsigned()
        state.guardMode = try row.integer(in: 0..<StepGuard.lastMode + 1)
        state.smallestResidual = try row.optionalReal()
        state.version = try row.unsigned()
        method.gamma = state
        return method
    }
}

/// The start of a travel of the primal and the dual matrix, as a row.
enum GammaSnapshotRow {
    static func row(_ snapshot: GammaRule.State.Snapshot) -> EncodedRow {
        var row = SQLValues()
        row.append(1)
        row.append(snapshot.primal.elements)
        row.append(snapshot.dual.elements)
        return EncodedRow(.gammaSnapshot, row)
    }

    static func snapshot(_ row: StoredRow, plan: StudyPlan) throws -> GammaRule.State.Snapshot {
        var row = row
        _ = try row.unsigned()
        let count = plan.dimension * plan.tasks.count
        func matrix(_ elements: [Double]) -> Matrix {
            Matrix(rowCount: plan.dimension, columnCount: plan.tasks.count, elements: elements)
        }
        let primal = matrix(try row.numbers(count...count))
        return GammaRule.State.Snapshot(primal: primal, dual: matrix(try row.numbers(count...count)))
    }
}

/// What is kept of a task for the study's method, as a row.
enum TaskMethodRow {
    static func row(position: Int, record: TaskRecord) -> EncodedRow {
        var row = SQLValues()
        row.append(position)
        row.append(record.lastVersion)
        row.append(record.issued?.point ?? [])
        row.append(record.issued?.gammaEpoch ?? 0)
        row.append(record.issued?.relaxationSum ?? 0)
        row.append(record.lastStep)
        row.append(record.lipschitzConstant)
        return EncodedRow(.taskMethod, row)
    }

    /// Puts what the row has into its task's record.
    static func complete(_ records: inout [TaskRecord], from row: StoredRow, plan: StudyPlan) throws {
        var row = row
        let position = try row.integer(in: plan.tasks.indices)
        let lastVersion = try row.unsigned()
        guard lastVersion == records[position].lastVersion else {
            throw row.corruption(
                "its newest update is \(lastVersion), and that of the task \(records[position].lastVersion)")
        }
        // All of it is read, whether a column is on its way or not.
        let point = try row.numbers(0...plan.dimension)
        let gammaEpoch = try row.unsigned()
        let relaxationSum = try row.real()
        let lastStep = try row.numbers(0...plan.dimension)
        let constant = try row.optionalReal()
        guard constant.map((0...EtaRule.largestLipschitzConstant).contains) ?? true else {
            throw row.corruption("its Lipschitz constant is \(constant ?? .nan)")
        }
        records[position].issued?.point = point
        records[position].issued?.gammaEpoch = gammaEpoch
        records[position].issued?.relaxationSum = relaxationSum
        records[position].lastStep = lastStep
        records[position].lipschitzConstant = constant
        let counts = [point.count, lastStep.count]
        guard counts.allSatisfy({ $0 == 0 || $0 == plan.dimension }) else {
            throw row.corruption("its vectors have \(counts) numbers, the study \(plan.dimension) rows")
        }
    }
}
