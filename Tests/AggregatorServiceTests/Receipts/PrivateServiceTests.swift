internal import AggregatorService
internal import Federation
internal import FoundationEssentials
internal import PrivacyLedger
internal import SecureChannel
internal import TestSupport
internal import Testing
internal import Transport
internal import Wire

@Suite("The service of a private study", .timeLimit(.minutes(3)))
struct PrivateServiceTests {
    private static func head(_ sequence: UInt64) -> LedgerHead {
        LedgerHead(
            ledger: LedgerHash(ofRelease: [1]), sequence: sequence,
            hash: LedgerHash(ofRelease: [UInt8(sequence)]))
    }

    private func join(_ peer: inout ProtocolPeer, _ head: LedgerHead) async throws {
        var request = peer.joinRequest
        request.ledgerHead = head
        try await peer.send(.join(request))
    }

    private func signedHead(_ peer: inout ProtocolPeer) async throws -> CountersignedHead {
        let message = try await peer.next()
        guard case .headSigned(let signed) = message else { throw UnexpectedAnswer(answer: message) }
        return signed
    }

    /// A batch whose bytes are an update's and, behind it, those of a field that no build knows.
    private func withSideField(_ update: Update, of peer: ProtocolPeer) throws -> [UInt8] {
        try WireCodec.encode([.update(update)], limits: ProtocolPeer.limits(peer.study.plan)) + [
            0x7A, 2, 7, 7,
        ]
    }

    @Test("a head is signed after the welcome, an older one is refused, also by the next process")
    func heads() async throws {
        let deployment = try TestFederation.Deployment(TestStudy(isPrivate: true))
        let key = deployment.aggregator.identity.signingKey
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            try await federation.connect(as: federation.party("north")) { peer in
                try await join(&peer, Self.head(3))
                guard case .welcome = try await peer.next() else { throw UnexpectedAnswer(answer: nil) }
                let signed = try await signedHead(&peer)
                #expect(signed.head == Self.head(3) && signed.isSigned(by: key))
                try await peer.send(.ledgerHead(Self.head(5)))
                #expect(try await signedHead(&peer).head == Self.head(5))
                try await peer.send(.ledgerHead(Self.head(4)))
                #expect(try await peer.refusal().code == .ledgerBehind)
            }
        }
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            try await federation.connect(as: federation.party("north")) { peer in
                try await join(&peer, Self.head(4))
                #expect(try await peer.refusal().code == .ledgerBehind)
                try await join(&peer, Self.head(6))
                guard case .welcome = try await peer.next() else { throw UnexpectedAnswer(answer: nil) }
                #expect(try await signedHead(&peer).head == Self.head(6))
            }
        }
    }

    @Test("what was opened is in the book when the service has ended")
    func receipts() async throws {
        let deployment = try TestFederation.Deployment(TestStudy(isPrivate: true))
        let release = ProtocolPeer.release([1, 2, 3, 4])
        var unreadable: [[UInt8]] = []
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            try await federation.connect(as: federation.party("north")) { peer in
                try await join(&peer, Self.head(1))
                guard case .welcome = try await peer.next() else { throw UnexpectedAnswer(answer: nil) }
                _ = try await signedHead(&peer)
                let column = try await peer.read()
                try await peer.send(.update(peer.update(column, release: release)))
                _ = try await peer.acceptance()
                try await peer.send(.update(peer.update(column, release: [9])))
                _ = try await peer.refusal()
                // An update with a field beside those that are charged, and bytes that are no message.
                for bytes in try [withSideField(peer.update(column, release: [8]), of: peer), [0xFF]] {
                    try await peer.connection.send(bytes)
                    #expect(try await peer.refusal().code == .malformed)
                    unreadable.append(bytes)
                }
            }
        }
        let bytes = try Data(
            contentsOf: URL(filePath: deployment.state.file("receipts/north.receipts")))
        var replay = ReceiptReplay(publicKey: deployment.aggregator.identity.signingKey)
        var receipts: [Receipt] = []
        try replay.read([UInt8](bytes)) { entry in
            if case .receipts(let part) = entry.content { receipts += part }
        }
        try replay.finish()
        #expect(
            receipts == [
                Receipt(release: LedgerHash(ofRelease: release), outcome: .accepted),
                Receipt(release: LedgerHash(ofRelease: [9]), outcome: .refused),
            ] + unreadable.map { Receipt(release: LedgerHash(ofRelease: $0), outcome: .refused) })
        #expect(unreadable.count == 2)
        #expect(replay.run?.hasPrefix("three-sites/") == true)
    }
}
