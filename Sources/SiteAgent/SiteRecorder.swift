package import Federation

/// Keeps what a site learns, in its own folder.
package protocol SiteRecorder: Sendable {
    /// The aggregator applied an update and will not lose it.
    func record(_ acceptance: Acceptance) throws
    /// A step was computed: the task's loss at the column of this update.
    func record(loss: Double, task: TaskName) throws
    /// Something happened that a site's administrator may want to know.
    func record(_ note: SiteNote)
    /// Writes every acceptance that was recorded: the journal is about to say that it was.
    func flushAcceptances() throws
    /// Makes a final model safe; returns when it is.
    func keep(_ model: FinalModel) throws
}
