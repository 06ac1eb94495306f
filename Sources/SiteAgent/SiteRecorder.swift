package import Federation

/// Keeps what a site learns, in its own folder.
package protocol SiteRecorder: Sendable {
    /// The aggregator applied an update and will not lose it.
    func record(_ acceptance: Acceptance) throws
    /// A step was computed: the task's loss at the column of this update, and how far a proximal step is from the exact
    /// one, at most; 0 where it is exact but for rounding.
    func record(loss: Double, errorBound: Double, task: TaskName) throws
    /// Something happened that a site's administrator may want to know.
    func record(_ note: SiteNote)
    /// Writes every acceptance that was recorded: the journal is about to say that it was.
    func flushAcceptances() throws
    /// Makes a final model safe; returns when it is.
    func keep(_ model: FinalModel) throws
    /// A connection to the aggregator was confirmed.
    func connected()
    /// There is no connection to the aggregator; the reason is for people.
    func disconnected(_ reason: String)
}

extension SiteRecorder {
    // Results have no place for these; a status page has.
    package func connected() {}
    package func disconnected(_ reason: String) {}
}

/// Passes everything on to several recorders, in their order.
struct CombinedSiteRecorder: SiteRecorder {
    let recorders: [any SiteRecorder]

    func record(_ acceptance: Acceptance) throws {
        for recorder in recorders { try recorder.record(acceptance) }
    }

    func record(loss: Double, errorBound: Double, task: TaskName) throws {
        for recorder in recorders { try recorder.record(loss: loss, errorBound: errorBound, task: task) }
    }

    func flushAcceptances() throws {
        for recorder in recorders { try recorder.flushAcceptances() }
    }

    func keep(_ model: FinalModel) throws {
        for recorder in recorders { try recorder.keep(model) }
    }

    func record(_ note: SiteNote) {
        for recorder in recorders { recorder.record(note) }
    }

    func connected() {
        for recorder in recorders { recorder.connected() }
    }

    func disconnected(_ reason: String) {
        for recorder in recorders { recorder.disconnected(reason) }
    }
}
