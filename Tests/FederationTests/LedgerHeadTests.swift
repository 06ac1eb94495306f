internal import Federation
internal import PrivacyLedger
internal import Testing

@Suite("Heads of privacy ledgers")
struct LedgerHeadTests {
    private static func head(_ sequence: UInt64, hash: UInt8 = 0, ledger: UInt8 = 1) -> LedgerHead {
        LedgerHead(
            ledger: LedgerHash(ofRelease: [ledger]), sequence: sequence,
            hash: LedgerHash(ofRelease: [ledger, UInt8(truncatingIfNeeded: sequence), hash]))
    }

    private func bench() throws -> AggregatorBench {
        var bench = try AggregatorBench {
            $0.siteCount = 1
            $0.privacy = TestStudy.Privacy()
        }
        _ = try bench.handle(.connected(bench.connection, bench.site))
        return bench
    }

    private func signed(_ actions: [AggregatorAction]) -> [LedgerHead] {
        actions.compactMap { if case .countersign(_, _, let head) = $0 { head } else { nil } }
    }

    private func code(_ actions: [AggregatorAction]) -> Federation.Refusal.Code? {
        actions.compactMap {
            if case .send(_, .refusal(let refusal)) = $0 { refusal.code } else { nil }
        }.first
    }

    @Test("a private study needs one with a join, and any other refuses it")
    func needed() throws {
        var bench = try bench()
        #expect(try bench.refusal(bench.request(tasks: ["t0"]))?.code == .malformed)
        #expect(try bench.refusal(.ledgerHead(Self.head(1)))?.code == .notJoined)
        let actions = try bench.handle(
            .received(bench.connection, bench.request(tasks: ["t0"], head: Self.head(3))))
        #expect(signed(actions) == [Self.head(3)])
        let order = actions.compactMap {
            switch $0 {
            case .send(_, .welcome): 1
            case .countersign: 2
            default: nil
            }
        }
        #expect(order == [1, 2], "the welcome goes first")

        var open = try AggregatorBench { $0.siteCount = 1 }
        _ = try open.handle(.connected(open.connection, open.site))
        #expect(try open.refusal(open.request(tasks: ["t0"], head: Self.head(3)))?.code == .malformed)
        _ = try open.messages(open.request(tasks: ["t0"]))
        #expect(try open.refusal(.ledgerHead(Self.head(3)))?.code == .malformed)
    }

    @Test("one that contradicts the newest is refused, at a join and by itself, and others are signed")
    func contradictions() throws {
        var bench = try bench()
        func join(_ head: LedgerHead) -> AggregatorEvent {
            .received(bench.connection, bench.request(tasks: ["t0"], head: head))
        }
        _ = try bench.handle(join(Self.head(3)))
        for (head, code) in [
            (Self.head(2), Federation.Refusal.Code.ledgerBehind), (Self.head(3, hash: 1), .ledgerBehind),
            (Self.head(3), nil), (Self.head(4, hash: 1), nil), (Self.head(4), .ledgerBehind),
        ] {
            for event in [join(head), .received(bench.connection, .ledgerHead(head))] {
                let actions = try bench.handle(event)
                #expect(self.code(actions) == code, "\(head.sequence)")
                #expect(signed(actions) == (code == nil ? [head] : []))
            }
        }
    }

    @Test("another ledger is taken and noted, up to the bound")
    func otherLedgers() throws {
        var bench = try bench()
        let limit = UInt8(FederationLimits.maximumLedgersPerSite)
        for ledger in 1...limit {
            let actions = try bench.handle(
                .received(bench.connection, bench.request(tasks: ["t0"], head: Self.head(9, ledger: ledger))))
            let isNoted = actions.contains {
                if case .note(.ledgerChanged(let site)) = $0 { site == bench.site } else { false }
            }
            #expect(isNoted == (ledger > 1))
        }
        let request = bench.request(tasks: ["t0"], head: Self.head(9, ledger: limit + 1))
        #expect(try bench.refusal(request)?.code == .malformed)
        let known = bench.request(tasks: ["t0"], head: Self.head(8, ledger: limit))
        #expect(try bench.refusal(known)?.code == .ledgerBehind, "each has its own newest head")
    }

    @Test("one site's heads say nothing of another's, and heads that were signed before count")
    func restored() throws {
        var heads = SignedHeads()
        heads.insert(Self.head(5), of: SiteName("site1"))
        heads.insert(Self.head(7), of: SiteName("site0"))
        heads.insert(Self.head(6), of: SiteName("site0"))
        #expect(heads.newest(of: Self.head(0).ledger, at: SiteName("site0")) == Self.head(7))
        let plan = try bench().plan
        let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
        var machine = try AggregatorMachine(
            plan: plan,
            state: AggregatorState(
                instance: instance, dimension: plan.dimension, taskCount: plan.tasks.count),
            signedHeads: heads)
        let connection = ConnectionIdentifier(1)
        _ = try machine.handle(.connected(connection, SiteName("site0")), at: .zero)
        for (head, code) in [(Self.head(6), Federation.Refusal.Code.ledgerBehind), (Self.head(7), nil)] {
            let request = try bench().request(tasks: ["t0"], head: head)
            let actions = try machine.handle(.received(connection, request), at: .zero)
            #expect(self.code(actions) == code)
        }
    }

    @Test("more heads than updates close the connection")
    func bounded() throws {
        var bench = try bench()
        _ = try bench.handle(.received(bench.connection, bench.request(tasks: ["t0"], head: Self.head(0))))
        let limit = FederationLimits.maximumRefusalsPerConnection
        for count in 1...limit {
            let actions = try bench.handle(
                .received(bench.connection, .ledgerHead(Self.head(UInt64(count)))))
            let isClosed = actions.contains { if case .close = $0 { true } else { false } }
            #expect(isClosed == (count == limit))
            #expect(signed(actions).count == (count == limit ? 0 : 1))
        }
    }

    @Test("a run's name fits a ledger, tells instances apart, and keeps readable names")
    func runNames() throws {
        let first = try #require(InstanceIdentifier(bytes: Array(0..<16)))
        let second = try #require(InstanceIdentifier(bytes: Array(1..<17)))
        #expect(RunName.of(study: "school", instance: first) == "school/000102030405060708090a0b0c0d0e0f")
        let names = [
            "school", "a b%", "sk\u{f8}le", String(repeating: "x", count: 128),
            String(repeating: " ", count: 128),
        ]
        for name in names {
            let run = RunName.of(study: name, instance: first)
            #expect(throws: Never.self) { try LedgerName.require(run) }
            #expect(run != RunName.of(study: name, instance: second))
        }
        #expect(RunName.of(study: "a b%", instance: first).hasPrefix("a%20b%25/"))
    }
}
