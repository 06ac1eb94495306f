/// Whether a site's journal is on the disk before an update leaves.
package enum JournalSync: String, Sendable, CaseIterable {
    case synced, unsynced
}
