internal import Federation
internal import ReleaseEncoding

/// Brings a site's state back from a journal's entries.
struct SiteReplay {
    private let dimension: Int
    private(set) var state = SiteState()

    init(dimension: Int) {
        self.dimension = dimension
    }

    /// Applies the entries of one frame.
    ///
    /// - Throws: ``MalformedEntry``; ``ReleaseEncodingError`` where a release does not follow from what is held.
    mutating func apply(_ payload: [UInt8]) throws {
        var reader = ByteReader(payload)
        while !reader.isAtEnd { state.apply(try change(&reader)) }
    }

    private func change(_ reader: inout ByteReader) throws -> SiteChange {
        switch try reader.byte() {
        case EntryKind.instance:
            guard let instance = InstanceIdentifier(bytes: try reader.fixed(InstanceIdentifier.byteCount))
            else {
                throw MalformedEntry()
            }
            return .instance(instance)
        case EntryKind.column:
            let task = try known(&reader)
            let release = try reader.bytes()
            let reference = try decode(release, relativeTo: task.columnReference)
            return .column(task: task.name, release: release, reference: reference)
        case EntryKind.update:
            let task = try known(&reader)
            return .update(task: task.name, try pending(&reader, reference: task.updateReference))
        case EntryKind.accepted:
            let task = try known(&reader)
            return .accepted(task: task.name, sequence: try reader.integer())
        case EntryKind.task:
            let name = TaskName(try reader.text())
            let nextSequence = try reader.integer()
            let columnReference = try reference(&reader)
            let updateReference = try reference(&reader)
            let isPending = try reader.byte() != 0
            return .task(
                SiteTaskState(
                    name: name, nextSequence: nextSequence, columnReference: columnReference,
                    updateReference: updateReference,
                    pending: isPending ? try pending(&reader, reference: updateReference) : nil))
        default:
            throw MalformedEntry()
        }
    }

    /// The state of the task that an entry names: each was entered as a whole first.
    private func known(_ reader: inout ByteReader) throws -> SiteTaskState {
        guard let task = state.tasks[TaskName(try reader.text())] else { throw MalformedEntry() }
        return task
    }

    private func pending(
        _ reader: inout ByteReader, reference: Reference
    ) throws -> SiteTaskState.PendingUpdate {
        let sequence = try reader.integer()
        let columnVersion = try reader.integer()
        guard sequence < .max,
            let columnReference = ReferenceHash(bytes: try reader.fixed(ReferenceHash.byteCount))
        else { throw MalformedEntry() }
        let loss = try reader.byte() != 0 ? Double(bitPattern: try reader.integer()) : nil
        let release = try reader.bytes()
        return SiteTaskState.PendingUpdate(
            sequence: sequence, columnVersion: columnVersion, columnReference: columnReference,
            release: release, loss: loss, next: try decode(release, relativeTo: reference))
    }

    private func reference(_ reader: inout ByteReader) throws -> Reference {
        guard let hash = ReferenceHash(bytes: try reader.fixed(ReferenceHash.byteCount)) else {
            throw MalformedEntry()
        }
        guard hash != .none else { return Reference(dimension: dimension) }
        let value = try reader.numbers(maximumCount: dimension)
        guard value.count == dimension else { throw MalformedEntry() }
        return Reference(value: value, hash: hash)
    }

    private func decode(_ release: [UInt8], relativeTo reference: Reference) throws -> Reference {
        try ReleaseCodec.decode(release, reference: reference, dimension: dimension)
    }
}
