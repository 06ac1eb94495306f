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
    /// The version at which the round's columns were computed.
    private(set) var roundVersion: UInt64
    /// The columns of the round: prox of V at its start.
    private(set) var columns: Matrix
    /// When the round began; nil until the first site joins.
    private(set) var start: Duration?
    /// Tasks that missed a round's timeout and were not heard since.
    var absent: Set<Int> = []
    private var arrived: [Bool]
    private var arrivedCount = 0
    private var waiting: [Int: WaitingRead] = [:]

    init(columns: Matrix, version: UInt64) {
        self.columns = columns
        roundVersion = version
        arrived = Array(repeating: false, count: columns.columnCount)
    }

    /// Starts the clock of the first round.
    mutating func begin(at now: Duration) {
        if start == nil { start = now }
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
        self.columns = columns
        start = now
        arrived = Array(repeating: false, count: arrived.count)
        arrivedCount = 0
        defer { waiting.removeAll(keepingCapacity: true) }
        return waiting.sorted { $0.key < $1.key }.map { (index: $0.key, read: $0.value) }
    }

    /// Keeps waiting for one more timeout.
    mutating func restartClock(at now: Duration) {
        start = now
    }
}
