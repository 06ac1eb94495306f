internal import Federation
internal import ReleaseEncoding
internal import Transport
internal import Wire

/// One end of a confirmed connection that says what the test wants, honest or not.
struct ProtocolPeer {
    let connection: PeerConnection
    let study: TestStudy
    let site: String
    private var messages: PeerConnection.Messages.Iterator
    private var received: [AggregatorMessage] = []

    init(_ connection: PeerConnection, study: TestStudy, site: String) {
        self.connection = connection
        self.study = study
        self.site = site
        messages = connection.messages.makeAsyncIterator()
    }

    static func limits(_ plan: StudyPlan) -> WireLimits { WireLimits(maximumDimension: plan.dimension) }

    /// The site's first task.
    var task: TaskName { study.tasks(of: site)[0] }

    // MARK: Messages

    func send(_ messages: SiteMessage..., limits: WireLimits? = nil) async throws {
        try await connection.send(
            WireCodec.encode(messages, limits: limits ?? Self.limits(study.plan)))
    }

    /// The next message of the aggregator; throws where the connection ends instead.
    mutating func next() async throws -> AggregatorMessage {
        while received.isEmpty {
            guard let bytes = try await messages.next() else { throw UnexpectedAnswer(answer: nil) }
            received = try WireCodec.decodeAggregatorMessages(bytes, limits: Self.limits(study.plan))
        }
        return received.removeFirst()
    }

    mutating func refusal() async throws -> Refusal {
        let message = try await next()
        guard case .refusal(let refusal) = message else { throw UnexpectedAnswer(answer: message) }
        return refusal
    }

    mutating func acceptance() async throws -> Acceptance {
        let message = try await next()
        guard case .acceptance(let acceptance) = message else { throw UnexpectedAnswer(answer: message) }
        return acceptance
    }

    // MARK: The honest beginning

    var joinRequest: JoinRequest {
        JoinRequest(
            study: study.plan.name, studyDigest: study.plan.digest,
            tasks: study.tasks(of: site).map {
                .init(name: $0, dimension: study.plan.dimension, nextSequence: 0)
            })
    }

    @discardableResult
    mutating func join() async throws -> Welcome {
        try await send(.join(joinRequest))
        let message = try await next()
        guard case .welcome(let welcome) = message else { throw UnexpectedAnswer(answer: message) }
        return welcome
    }

    /// Joins and reads the first task's column.
    mutating func joinAndRead() async throws -> Column {
        try await join()
        return try await read()
    }

    mutating func read(_ task: TaskName? = nil) async throws -> Column {
        try await send(.read(ReadRequest(task: task ?? self.task, reference: .none)))
        let message = try await next()
        guard case .column(let column) = message else { throw UnexpectedAnswer(answer: message) }
        return column
    }

    /// The update that answers `column` with `release`.
    func update(_ column: Column, release: [UInt8]) throws -> Update {
        let reference = try ReleaseCodec.decode(
            column.release, reference: Reference(dimension: study.plan.dimension),
            dimension: study.plan.dimension)
        return Update(
            task: column.task, sequence: column.sequence, columnVersion: column.version,
            columnReference: reference.hash, release: release, next: nil)
    }

    /// A full value in float64 with its elements as they are, finite or not.
    static func release(_ values: [Double]) -> [UInt8] {
        var bytes: [UInt8] = [ReleaseHeader.version, 1, 0]
        withUnsafeBytes(of: UInt32(values.count).littleEndian) { bytes += $0 }
        bytes += [UInt8](repeating: 0, count: ReferenceHash.byteCount)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        return bytes
    }
}

/// An answer of another kind than the test asked for; nil for the end of the connection.
struct UnexpectedAnswer: Error {
    let answer: AggregatorMessage?
}
