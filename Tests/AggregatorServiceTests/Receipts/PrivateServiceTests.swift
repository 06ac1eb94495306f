internal import AggregatorService
internal import Federation
internal import FoundationEssentials
internal import PrivacyLedger
internal import SecureChannel
internal import TestSupport
internal import Testing

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
            ])
        #expect(replay.run?.hasPrefix("three-sites/") == true)
    }
}
