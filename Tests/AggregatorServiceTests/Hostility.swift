internal import Federation
internal import ReleaseEncoding
internal import Transport
internal import Wire

/// Things that an authenticated site may say, out of malice or by a fault, and must not.
enum Hostility: CaseIterable {
    case unknownStudy
    case otherSettings
    case joiningAnothersTask
    case joiningUnknownTask
    case joiningAnotherDimension
    case joiningBeyondTheLargestSequence
    case updateBeforeJoin
    case readingAnothersTask
    case readingUnknownTask
    case updatingAnothersTask
    case updatingUnknownTask
    case updateWithoutRead
    case updateFromOlderColumn
    case updateOfFutureSequence
    case otherBytesUnderUsedSequence
    case wrongDimension
    case notANumber
    case infinite
    case aboveNormBound
    case relativeToUnknownReference
    case oversizedRelease
    case garbageRelease
    case garbageMessage
    case emptyMessage
    case fetchedBeforeTheEnd

    /// The type of the refusal.
    var code: Refusal.Code {
        switch self {
        case .unknownStudy: .unknownStudy
        case .otherSettings: .studyMismatch
        case .joiningAnothersTask, .readingAnothersTask, .updatingAnothersTask: .foreignTask
        case .joiningUnknownTask, .readingUnknownTask, .updatingUnknownTask: .unknownTask
        case .joiningAnotherDimension, .wrongDimension: .wrongDimension
        case .joiningBeyondTheLargestSequence: .malformed
        case .updateBeforeJoin: .notJoined
        case .updateWithoutRead, .updateFromOlderColumn: .staleRead
        case .updateOfFutureSequence, .otherBytesUnderUsedSequence: .sequence
        case .notANumber, .infinite: .nonFinite
        case .aboveNormBound: .normBound
        case .relativeToUnknownReference: .unknownReference
        case .oversizedRelease: .oversized
        case .garbageRelease, .garbageMessage, .emptyMessage: .malformed
        case .fetchedBeforeTheEnd: .notFinished
        }
    }

    /// Says it; the refusal is the next message.
    func provoke(_ peer: inout ProtocolPeer) async throws {
        let dimension = peer.study.plan.dimension
        let ones = ProtocolPeer.release(Array(repeating: 1, count: dimension))
        var join = peer.joinRequest
        switch self {
        case .unknownStudy:
            join.study = "another"
            try await peer.send(.join(join))
        case .otherSettings:
            join.studyDigest[0] ^= 1
            try await peer.send(.join(join))
        case .joiningAnothersTask:
            join.tasks[0].name = peer.anothersTask
            try await peer.send(.join(join))
        case .joiningUnknownTask:
            join.tasks[0].name = TaskName("unheard-of")
            try await peer.send(.join(join))
        case .joiningAnotherDimension:
            join.tasks[1].dimension += 1
            try await peer.send(.join(join))
        case .joiningBeyondTheLargestSequence:
            // Field 3 of the task in the join: one bit above what the wire allows.
            join.tasks[0].nextSequence = WireLimits.maximumNumber
            var bytes = try WireCodec.encode([.join(join)], limits: ProtocolPeer.limits(peer.study.plan))
            let largest: [UInt8] = Array(repeating: 0x80, count: 8) + [0x40]
            guard let index = bytes.indices.first(where: { bytes[$0...].starts(with: largest) }) else {
                throw UnexpectedAnswer(answer: nil)
            }
            bytes[index] |= 1
            try await peer.connection.send(bytes)
        case .updateBeforeJoin:
            try await peer.send(
                .update(
                    Update(
                        task: peer.task, sequence: 1, columnVersion: 0, columnReference: .none,
                        release: ones, next: nil)))
        case .readingAnothersTask:
            try await peer.join()
            try await peer.send(.read(ReadRequest(task: peer.anothersTask, reference: .none)))
        case .readingUnknownTask:
            try await peer.join()
            try await peer.send(.read(ReadRequest(task: TaskName("unheard-of"), reference: .none)))
        case .updatingAnothersTask:
            let task = peer.anothersTask
            try await sendUpdate(&peer, ones) { $0.task = task }
        case .updatingUnknownTask:
            try await sendUpdate(&peer, ones) { $0.task = TaskName("unheard-of") }
        case .updateWithoutRead:
            try await peer.join()
            try await peer.send(
                .update(
                    Update(
                        task: peer.task, sequence: 1, columnVersion: 0, columnReference: .none,
                        release: ones, next: nil)))
        case .updateFromOlderColumn:
            let old = try await peer.joinAndRead()
            let other = try await peer.read(peer.otherTask)
            try await peer.send(.update(peer.update(other, release: ones)))
            _ = try await peer.acceptance()
            try await peer.join()
            let new = try await peer.read()
            guard new.version > old.version, new.sequence == old.sequence else {
                throw UnexpectedAnswer(answer: .column(new))
            }
            try await peer.send(.update(peer.update(old, release: ones)))
        case .updateOfFutureSequence:
            try await sendUpdate(&peer, ones) { $0.sequence += 1 }
        case .otherBytesUnderUsedSequence:
            let column = try await peer.joinAndRead()
            try await peer.send(.update(peer.update(column, release: ones)))
            _ = try await peer.acceptance()
            let twos = ProtocolPeer.release(Array(repeating: 2, count: dimension))
            try await peer.send(.update(peer.update(column, release: twos)))
        case .wrongDimension:
            try await sendUpdate(
                &peer, ProtocolPeer.release(Array(repeating: 1, count: dimension - 1)))
        case .notANumber:
            try await sendUpdate(
                &peer, ProtocolPeer.release([.nan] + Array(repeating: 1, count: dimension - 1)))
        case .infinite:
            try await sendUpdate(
                &peer, ProtocolPeer.release(Array(repeating: 1, count: dimension - 1) + [-.infinity]))
        case .aboveNormBound:
            let bound = peer.study.plan.normBound
            try await sendUpdate(
                &peer, ProtocolPeer.release([bound.nextUp] + Array(repeating: 0, count: dimension - 1)))
        case .relativeToUnknownReference:
            var release = ones
            release[ReleaseHeader.byteCount - 1] = 1
            try await sendUpdate(&peer, release)
        case .oversizedRelease:
            let bound = ReleaseCodec.maximumReleaseByteCount(dimension: dimension)
            let release = [UInt8](repeating: 1, count: bound + 1)
            let column = try await peer.joinAndRead()
            try await peer.send(
                .update(peer.update(column, release: release)), limits: WireLimits(maximumDimension: 1_000))
        case .garbageRelease:
            try await sendUpdate(&peer, [UInt8](repeating: 0xFF, count: ones.count))
        case .garbageMessage:
            try await peer.connection.send([UInt8](repeating: 0xFF, count: 300))
        case .emptyMessage:
            try await peer.connection.send([])
        case .fetchedBeforeTheEnd:
            try await peer.join()
            try await peer.send(.fetched(task: peer.task))
        }
    }

    private func sendUpdate(
        _ peer: inout ProtocolPeer, _ release: [UInt8], _ change: (inout Update) -> Void = { _ in }
    ) async throws {
        let column = try await peer.joinAndRead()
        var update = try peer.update(column, release: release)
        change(&update)
        try await peer.send(.update(update))
    }
}

extension ProtocolPeer {
    /// The site's second task.
    var otherTask: TaskName { study.tasks(of: site)[1] }

    /// A task of the study that another site owns.
    var anothersTask: TaskName {
        study.plan.tasks.first { $0.owner.rawValue != site }?.name ?? TaskName("")
    }
}
