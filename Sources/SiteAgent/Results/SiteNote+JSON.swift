internal import Federation
internal import Reporting

extension SiteNote {
    /// The note as a line of `notes.jsonl`.
    var json: JSONValue {
        switch self {
        case .joined(let taskCount):
            ["note": "joined", "tasks": JSONValue(taskCount)]
        case .newInstance:
            ["note": "new_instance"]
        case .olderState(let taskCount):
            ["note": "older_state", "tasks": JSONValue(taskCount)]
        case .sequenceMoved(let task, let from, let to):
            [
                "note": "sequence_moved", "task": JSONValue(task.rawValue),
                "from": JSONValue(Int(clamping: from)),
                "to": JSONValue(Int(clamping: to)),
            ]
        case .journalBehind(let task, let missing):
            [
                "note": "journal_behind", "task": JSONValue(task.rawValue),
                "missing": JSONValue(Int(clamping: missing)),
            ]
        case .refused(let refusal):
            [
                "note": "refused", "code": JSONValue("\(refusal.code)"),
                "task": refusal.task.map { JSONValue($0.rawValue) } ?? .null,
                "sequence": refusal.sequence.map { JSONValue(Int(clamping: $0)) } ?? .null,
            ]
        case .resent(let task, let sequence):
            [
                "note": "resent", "task": JSONValue(task.rawValue),
                "sequence": JSONValue(Int(clamping: sequence)),
            ]
        case .spent(let task, let reason):
            ["note": "spent", "task": JSONValue(task.rawValue), "reason": JSONValue(reason)]
        }
    }
}
