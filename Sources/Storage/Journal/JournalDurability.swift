/// When a journal's frames are on the disk.
package enum JournalDurability: String, Sendable, CaseIterable {
    /// Before ``AppendLog/append(_:)`` returns: nothing is lost, whatever happens to the machine.
    case synced
    /// When the system writes them: nothing is lost with the process, and a moment's frames with the machine.
    case unsynced
}
