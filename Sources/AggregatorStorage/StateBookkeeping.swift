internal import Federation

/// What the writer knows of the database without reading it.
struct StateBookkeeping: Sendable {
    /// A task's updates since its checkpoint.
    struct Pending: Sendable {
        var versions: [UInt64] = []
        var byteCount = 0
    }

    var keptReleaseByteCount: UInt64
    private(set) var pending: [Pending]
    /// Tasks by the first of their updates since their checkpoint.
    private var tasksByFirstVersion: [UInt64: Int] = [:]
    /// Release bytes that a start would replay.
    private(set) var pendingByteCount: UInt64 = 0
    /// The oldest version in the log, and of which the release is kept; one beyond the newest where there is none.
    var logStart: UInt64 = 1
    var releaseStart: UInt64 = 1
    /// The segment of the oldest release that is kept in one; nil where there is none.
    var firstSegment: Int?
    /// Of a private study, how many rows of each site were removed.
    var removedReceipts: [SiteName: ReceiptCounts] = [:]
    /// The oldest receipt, and the next one's number.
    var receiptStart: UInt64 = 1
    var nextReceipt: UInt64 = 1

    init(taskCount: Int, keptReleaseByteCount: UInt64 = 0) {
        self.keptReleaseByteCount = keptReleaseByteCount
        pending = Array(repeating: Pending(), count: taskCount)
    }

    mutating func add(_ update: AppliedUpdate, task: Int) {
        if pending[task].versions.isEmpty { tasksByFirstVersion[update.version] = task }
        pending[task].versions.append(update.version)
        pending[task].byteCount += update.releaseByteCount
        pendingByteCount += UInt64(update.releaseByteCount)
    }

    /// The task whose replay begins with a version.
    func task(replayedFrom version: UInt64) -> Int? { tasksByFirstVersion[version] }

    mutating func checkpointed(_ task: Int) {
        if let first = pending[task].versions.first { tasksByFirstVersion[first] = nil }
        pendingByteCount -= UInt64(pending[task].byteCount)
        pending[task].versions.removeAll(keepingCapacity: true)
        pending[task].byteCount = 0
    }
}
