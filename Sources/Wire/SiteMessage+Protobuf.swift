internal import Federation
internal import FoundationEssentials
internal import ReleaseEncoding
internal import SwiftProtobuf

extension SiteMessage {
    /// Converts and validates.
    init(_ wire: Atoll_V1_SiteMessage, checks: FieldChecks) throws {
        switch wire.kind {
        case .join(let join): self = .join(try JoinRequest(join, checks: checks))
        case .read(let read): self = .read(try ReadRequest(read, checks: checks))
        case .update(let update): self = .update(try Update(update, checks: checks))
        case .fetched(let fetched): self = .fetched(task: try checks.task(fetched.task, of: "fetched.task"))
        case .abandoned(let abandoned):
            self = .abandoned(task: try checks.task(abandoned.task, of: "abandoned.task"))
        case .spent(let spent): self = .spent(task: try checks.task(spent.task, of: "spent.task"))
        case .ledgerHead(let head):
            self = .ledgerHead(try checks.ledgerHead(head, of: "ledger_head"))
        case nil: throw WireError(.unknownKind, "a site's message of no kind that this build knows")
        }
    }

    /// Validates and serialises.
    func encoded(checks: FieldChecks) throws -> EncodedMessage {
        var wire = wire
        _ = try SiteMessage(wire, checks: checks)
        guard case .update(let update) = self else { return EncodedMessage(try wire.serializedBytes()) }
        let release = try checks.release(update.release, of: "update.release")
        guard release.count >= EncodedMessage.smallestReleaseByteCount else {
            wire.update.release = Data(release)
            return EncodedMessage(try wire.serializedBytes())
        }
        // Fields stand in the order of their numbers, as the generated code writes them.
        var before = wire.update
        before.next = nil
        before.clearLoss()
        var after = Atoll_V1_Update()
        after.next = wire.update.next
        if wire.update.hasLoss { after.loss = wire.update.loss }
        return EncodedMessage(
            kind: 3, before: try before.serializedBytes(), releaseField: 5, release: release,
            after: try after.serializedBytes())
    }

    /// All fields but the release.
    private var wire: Atoll_V1_SiteMessage {
        var wire = Atoll_V1_SiteMessage()
        switch self {
        case .join(let join): wire.join = join.wire
        case .read(let read): wire.read = read.wire
        case .update(let update): wire.update = update.wire
        case .fetched(let task): wire.fetched.task = task.rawValue
        case .abandoned(let task): wire.abandoned.task = task.rawValue
        case .spent(let task): wire.spent.task = task.rawValue
        case .ledgerHead(let head): wire.ledgerHead = head.wire
        }
        return wire
    }
}

extension JoinRequest {
    fileprivate init(_ wire: Atoll_V1_JoinRequest, checks: FieldChecks) throws {
        let tasks = try wire.tasks.map { task in
            Task(
                name: try checks.task(task.name, of: "join.tasks.name"),
                dimension: try checks.dimension(Int(task.dimension), of: "join.tasks.dimension"),
                nextSequence: try checks.number(task.nextSequence, of: "join.tasks.next_sequence"),
                lipschitzConstant: task.hasLipschitzConstant
                    ? try checks.finite(task.lipschitzConstant, of: "join.tasks.lipschitz_constant") : nil)
        }
        try checks.tasks(tasks.map(\.name), of: "join.tasks")
        self.init(
            study: try checks.name(wire.study, of: "join.study"),
            studyDigest: try checks.digest([UInt8](wire.studyDigest), of: "join.study_digest"), tasks: tasks,
            ledgerHead: wire.hasLedgerHead
                ? try checks.ledgerHead(wire.ledgerHead, of: "join.ledger_head") : nil)
    }

    fileprivate var wire: Atoll_V1_JoinRequest {
        var wire = Atoll_V1_JoinRequest()
        wire.study = study
        wire.studyDigest = Data(studyDigest)
        wire.tasks = tasks.map { task in
            var item = Atoll_V1_JoinRequest.Task()
            item.name = task.name.rawValue
            item.dimension = UInt32(clamping: task.dimension)
            item.nextSequence = task.nextSequence
            if let constant = task.lipschitzConstant { item.lipschitzConstant = constant }
            return item
        }
        if let ledgerHead { wire.ledgerHead = ledgerHead.wire }
        return wire
    }
}

extension ReadRequest {
    fileprivate init(_ wire: Atoll_V1_ReadRequest, checks: FieldChecks) throws {
        self.init(
            task: try checks.task(wire.task, of: "read.task"),
            reference: try checks.reference(wire.reference, of: "read.reference"))
    }

    fileprivate var wire: Atoll_V1_ReadRequest {
        var wire = Atoll_V1_ReadRequest()
        wire.task = task.rawValue
        wire.reference = reference.field
        return wire
    }
}

extension Update {
    fileprivate init(_ wire: Atoll_V1_Update, checks: FieldChecks) throws {
        let task = try checks.task(wire.task, of: "update.task")
        let columnReference = try checks.reference(wire.columnReference, of: "update.column_reference")
        let next: ReadRequest?
        switch wire.next {
        case nil: next = nil
        case .read(let read): next = try ReadRequest(read, checks: checks)
        case .same(true): next = ReadRequest(task: task, reference: columnReference)
        case .same(false): throw WireError(.invalidField, "update.same is false; leave it out instead")
        }
        self.init(
            task: task,
            sequence: try checks.number(wire.sequence, of: "update.sequence"),
            columnVersion: try checks.number(wire.columnVersion, of: "update.column_version"),
            columnReference: columnReference,
            release: try checks.release(wire.release, of: "update.release"),
            next: next,
            loss: wire.hasLoss ? try checks.finite(wire.loss, of: "update.loss") : nil)
    }

    fileprivate var wire: Atoll_V1_Update {
        var wire = Atoll_V1_Update()
        wire.task = task.rawValue
        wire.sequence = sequence
        wire.columnVersion = columnVersion
        wire.columnReference = columnReference.field
        if next == ReadRequest(task: task, reference: columnReference) {
            wire.same = true
        } else if let next {
            wire.read = next.wire
        }
        if let loss { wire.loss = loss }
        return wire
    }
}
