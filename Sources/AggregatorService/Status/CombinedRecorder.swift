package import Federation

/// Passes everything on to several recorders, in their order.
package struct CombinedRecorder: UpdateRecorder {
    private let recorders: [any UpdateRecorder]

    package init(_ recorders: [any UpdateRecorder]) {
        self.recorders = recorders
    }

    package func record(_ update: AppliedUpdate) {
        for recorder in recorders { recorder.record(update) }
    }

    package func record(_ note: AggregatorNote) {
        for recorder in recorders { recorder.record(note) }
    }

    package func recordRefresh(_ refresh: FactorRefreshRecord) {
        for recorder in recorders { recorder.recordRefresh(refresh) }
    }

    package func recordCommit(updateCount: Int, duration: Duration) {
        for recorder in recorders {
            recorder.recordCommit(updateCount: updateCount, duration: duration)
        }
    }
}
