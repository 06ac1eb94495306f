internal import Federation
internal import FoundationEssentials
internal import SwiftProtobuf

extension AggregatorMessage {
    /// Converts and validates.
    init(_ wire: Atoll_V1_AggregatorMessage, checks: FieldChecks) throws {
        switch wire.kind {
        case .welcome(let welcome): self = .welcome(try Welcome(welcome, checks: checks))
        case .acceptance(let acceptance): self = .acceptance(try Acceptance(acceptance, checks: checks))
        case .column(let column): self = .column(try Column(column, checks: checks))
        case .final(let column): self = .final(try FinalColumn(column, checks: checks))
        case .released(let released):
            self = .released(task: try checks.task(released.task, of: "released.task"))
        case .refusal(let refusal): self = .refusal(try Refusal(refusal, checks: checks))
        case .headSigned(let head):
            self = .headSigned(try checks.countersignedHead(head, of: "head_signed"))
        case nil: throw WireError(.unknownKind, "an aggregator's message of no kind that this build knows")
        }
    }

    /// Validates and serialises.
    func encoded(checks: FieldChecks) throws -> EncodedMessage {
        var wire = wire
        _ = try AggregatorMessage(wire, checks: checks)
        switch self {
        case .column(let column):
            let release = try checks.release(column.release, of: "column.release")
            if release.count >= EncodedMessage.smallestReleaseByteCount {
                return EncodedMessage(
                    kind: 3, before: try wire.column.serializedBytes(), releaseField: 4, release: release,
                    after: [])
            }
            wire.column.release = Data(release)
        case .final(let column):
            let release = try checks.release(column.release, of: "final.release")
            if release.count >= EncodedMessage.smallestReleaseByteCount {
                return EncodedMessage(
                    kind: 4, before: try wire.final.serializedBytes(), releaseField: 3, release: release,
                    after: [])
            }
            wire.final.release = Data(release)
        case .welcome, .acceptance, .released, .refusal, .headSigned:
            break
        }
        return EncodedMessage(try wire.serializedBytes())
    }

    /// All fields but releases.
    private var wire: Atoll_V1_AggregatorMessage {
        var wire = Atoll_V1_AggregatorMessage()
        switch self {
        case .welcome(let welcome): wire.welcome = welcome.wire
        case .acceptance(let acceptance): wire.acceptance = acceptance.wire
        case .column(let column): wire.column = column.wire
        case .final(let column): wire.final = column.wire
        case .released(let task): wire.released.task = task.rawValue
        case .refusal(let refusal): wire.refusal = refusal.wire
        case .headSigned(let head): wire.headSigned = head.wire
        }
        return wire
    }
}

extension Welcome {
    fileprivate init(_ wire: Atoll_V1_Welcome, checks: FieldChecks) throws {
        let tasks = try wire.tasks.map { task in
            Task(
                name: try checks.task(task.name, of: "welcome.tasks.name"),
                nextSequence: try checks.number(task.nextSequence, of: "welcome.tasks.next_sequence"),
                isNumberTaken: task.numberTaken, isAwaited: task.awaited)
        }
        try checks.tasks(tasks.map(\.name), of: "welcome.tasks")
        self.init(instance: try checks.instance(wire.instance, of: "welcome.instance"), tasks: tasks)
    }

    fileprivate var wire: Atoll_V1_Welcome {
        var wire = Atoll_V1_Welcome()
        wire.instance = Data(instance.bytes)
        wire.tasks = tasks.map { task in
            var item = Atoll_V1_Welcome.Task()
            item.name = task.name.rawValue
            item.nextSequence = task.nextSequence
            item.numberTaken = task.isNumberTaken
            item.awaited = task.isAwaited
            return item
        }
        return wire
    }
}

extension Acceptance {
    fileprivate init(_ wire: Atoll_V1_Acceptance, checks: FieldChecks) throws {
        self.init(
            task: try checks.task(wire.task, of: "acceptance.task"),
            sequence: try checks.number(wire.sequence, of: "acceptance.sequence"),
            version: try checks.number(wire.version, of: "acceptance.version"),
            staleness: try checks.number(wire.staleness, of: "acceptance.staleness"),
            relaxation: try checks.finite(wire.relaxation, of: "acceptance.relaxation"))
    }

    fileprivate var wire: Atoll_V1_Acceptance {
        var wire = Atoll_V1_Acceptance()
        wire.task = task.rawValue
        wire.sequence = sequence
        wire.version = version
        wire.staleness = staleness
        wire.relaxation = relaxation
        return wire
    }
}

extension Column {
    fileprivate init(_ wire: Atoll_V1_Column, checks: FieldChecks) throws {
        self.init(
            task: try checks.task(wire.task, of: "column.task"),
            sequence: try checks.number(wire.sequence, of: "column.sequence"),
            version: try checks.number(wire.version, of: "column.version"),
            release: try checks.release(wire.release, of: "column.release"),
            gamma: try Self.gamma(wire, checks: checks))
    }

    private static func gamma(_ wire: Atoll_V1_Column, checks: FieldChecks) throws -> Gamma? {
        let epoch = try checks.number(wire.gammaEpoch, of: "column.gamma_epoch")
        let gamma = try checks.finite(wire.gamma, of: "column.gamma")
        if gamma == 0, epoch == 0 { return nil }
        guard gamma > 0 else { throw WireError(.invalidField, "column.gamma is \(gamma), not above 0") }
        return Gamma(value: gamma, epoch: epoch)
    }

    fileprivate var wire: Atoll_V1_Column {
        var wire = Atoll_V1_Column()
        wire.task = task.rawValue
        wire.sequence = sequence
        wire.version = version
        if let gamma {
            wire.gamma = gamma.value
            wire.gammaEpoch = gamma.epoch
        }
        return wire
    }
}

extension FinalColumn {
    fileprivate init(_ wire: Atoll_V1_FinalColumn, checks: FieldChecks) throws {
        self.init(
            task: try checks.task(wire.task, of: "final.task"),
            version: try checks.number(wire.version, of: "final.version"),
            release: try checks.release(wire.release, of: "final.release"))
    }

    fileprivate var wire: Atoll_V1_FinalColumn {
        var wire = Atoll_V1_FinalColumn()
        wire.task = task.rawValue
        wire.version = version
        return wire
    }
}

extension Refusal {
    fileprivate init(_ wire: Atoll_V1_Refusal, checks: FieldChecks) throws {
        guard let code = UInt32(exactly: wire.code.rawValue).flatMap(Code.init(rawValue:)) else {
            throw WireError(
                .invalidField, "refusal.code is \(wire.code.rawValue), which this build does not know")
        }
        self.init(
            code,
            task: wire.task.isEmpty ? nil : try checks.task(wire.task, of: "refusal.task"),
            sequence: wire.hasSequence ? try checks.number(wire.sequence, of: "refusal.sequence") : nil,
            message: try checks.text(wire.message, of: "refusal.message"))
    }

    fileprivate var wire: Atoll_V1_Refusal {
        var wire = Atoll_V1_Refusal()
        wire.code = Atoll_V1_Refusal.Code(rawValue: Int(code.rawValue)) ?? .unspecified
        wire.task = task?.rawValue ?? ""
        if let sequence { wire.sequence = sequence }
        wire.message = message
        return wire
    }
}
