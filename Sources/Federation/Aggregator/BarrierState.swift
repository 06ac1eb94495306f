internal import LinearAlgebra
internal import ReleaseEncoding

/// A synchronous round in progress.
struct BarrierState: Sendable {
    /// A read that waits for the round's end.
    struct WaitingRead: Sendable {
        var connection: ConnectionIdentifier
        var reference: ReferenceHash
    }

    private(set) var round: UInt64 = 0
    /// The version at which the round began.
    private(set) var roundVersion: UInt64
    /// The columns of the round: prox of V at its start, or where it was resumed.
    private(set) var columns: Matrix
    /// The version at which the columns were computed.
    private(set) var columnsVersion: UInt64
    /// When the round's clock began, or will at the latest; nil until the first site joins.
    private(set) var start: Duration?
    /// Owners that were part of the study before a restart and have not joined since.
    private var awaited: Set<SiteName> = []
    /// Tasks that missed a round's timeout and were not heard since.
    var absent: Set<Int> = []
    private var arrived: [Bool]
    private var arrivedCount = 0
    private var waiting: [Int: WaitingRead] = [:]

    /// Begins with a round that is under way, of columns that were computed at `version`.
    init(columns: Matrix, version: UInt64, roundVersion: UInt64, arrived: [Bool]) {
        self.columns = columns
        columnsVersion = version
        self.roundVersion = roundVersion
        self.arrived = arrived
        arrivedCount = arrived.count { $0 }
    }

    /// Holds the clock until these owners have joined again, or until `deadline`.
    mutating func holdClock(for owners: Set<SiteName>, until deadline: Duration) {
        awaited = owners
        start = deadline
    }

    /// Starts the first round's clock, or after a restart where the site was the last to join again.
    mutating func joined(_ site: SiteName, at now: Duration) {
        if start == nil { start = now }
        stopAwaiting(site, at: now)
    }

    mutating func stopAwaiting(_ site: SiteName, at now: Duration) {
        guard awaited.remove(site) != nil, awaited.isEmpty, let start, start > now else { return }
        self.start = now
    }

    func hasArrived(_ index: Int) -> Bool { arrived[index] }

    var anyArrived: Bool { arrivedCount > 0 }

    mutating func arrive(_ index: Int) {
        guard !arrived[index] else { return }
        arrived[index] = true
        arrivedCount += 1
    }

    mutating func wait(_ index: Int, connection: ConnectionIdentifier, reference: ReferenceHash) {
        waiting[index] = WaitingRead(connection: connection, reference: reference)
    }

    mutating func dropWaiting(of connection: ConnectionIdentifier) {
        waiting = waiting.filter { $0.value.connection != connection }
    }

    /// Indices that have not arrived, in order.
    var missing: [Int] { arrived.indices.filter { !arrived[$0] } }

    /// Begins the next round and returns the reads that waited for it, in the order of tasks.
    mutating func nextRound(
        columns: Matrix, version: UInt64, at now: Duration
    ) -> [(index: Int, read: WaitingRead)] {
        round += 1
        roundVersion = version
        columnsVersion = version
        self.columns = columns
        restartClock(at: now)
        arrived = Array(repeating: false, count: arrived.count)
        arrivedCount = 0
        defer { waiting.removeAll(keepingCapacity: true) }
        return waiting.sorted { $0.key < $1.key }.map { (index: $0.key, read: $0.value) }
    }

    /// Waits for one timeout from now on, or from when the clock will begin.
    mutating func restartClock(at now: Duration) {
        start = awaited.isEmpty ? now : max(now, start ?? now)
    }
}
