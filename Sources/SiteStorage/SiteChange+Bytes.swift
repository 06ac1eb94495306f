internal import Federation
internal import ReleaseEncoding

/// The byte before each entry of a journal, which never changes its meaning.
enum EntryKind {
    static let instance: UInt8 = 1
    static let column: UInt8 = 2
    static let update: UInt8 = 3
    static let accepted: UInt8 = 4
    static let task: UInt8 = 5
}

extension SiteChange {
    /// An upper bound of the bytes of the entry, close enough to reserve room by.
    var byteCount: Int {
        let fixedByteCount = 128
        switch self {
        case .instance: return fixedByteCount
        case .column(let task, let release, _): return fixedByteCount + task.byteCount + release.count
        case .update(let task, let pending): return fixedByteCount + task.byteCount + pending.release.count
        case .accepted(let task, _): return fixedByteCount + task.byteCount
        case .task(let state):
            return 2 * fixedByteCount + state.name.byteCount + state.columnReference.byteCount
                + state.updateReference.byteCount + (state.pending?.release.count ?? 0)
        }
    }

    /// Adds the entry's bytes.
    func encode(into bytes: inout [UInt8]) {
        switch self {
        case .instance(let instance):
            bytes.append(EntryKind.instance)
            bytes += instance.bytes
        case .column(let task, let release, _):
            bytes.append(EntryKind.column)
            bytes.append(text: task.rawValue)
            bytes.append(counted: release)
        case .update(let task, let pending):
            bytes.append(EntryKind.update)
            bytes.append(text: task.rawValue)
            pending.encode(into: &bytes)
        case .accepted(let task, let sequence):
            bytes.append(EntryKind.accepted)
            bytes.append(text: task.rawValue)
            bytes.append(integer: sequence)
        case .task(let state):
            bytes.append(EntryKind.task)
            bytes.append(text: state.name.rawValue)
            bytes.append(integer: state.nextSequence)
            state.columnReference.encode(into: &bytes)
            state.updateReference.encode(into: &bytes)
            bytes.append(state.pending == nil ? 0 : 1)
            state.pending?.encode(into: &bytes)
        }
    }
}

extension SiteTaskState.PendingUpdate {
    /// The reference that it leads to is not written: it is decoded from the release again.
    fileprivate func encode(into bytes: inout [UInt8]) {
        bytes.append(integer: sequence)
        bytes.append(integer: columnVersion)
        bytes += columnReference.bytes
        bytes.append(loss == nil ? 0 : 1)
        if let loss { bytes.append(integer: loss.bitPattern) }
        bytes.append(counted: release)
    }
}

extension Reference {
    fileprivate var byteCount: Int { hash == .none ? 0 : 8 * value.count }

    /// Writes the hash beside the value, from which alone it need not follow; the zero vector is its hash.
    fileprivate func encode(into bytes: inout [UInt8]) {
        bytes += hash.bytes
        if hash != .none { bytes.append(numbers: value) }
    }
}

extension TaskName {
    fileprivate var byteCount: Int { rawValue.utf8.count }
}
