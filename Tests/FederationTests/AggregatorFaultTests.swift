internal import Federation
internal import ReleaseEncoding
internal import Testing

@Suite("What a hostile connection may cost an aggregator")
struct AggregatorFaultTests {
    @Test(
        "a connection that brings too much without an acceptance is closed once",
        arguments: [-1, 0, 1], ["refusals", "joins", "duplicates", "abandonments"])
    func faultBound(offset: Int, kind: String) throws {
        var bench = try AggregatorBench()
        try bench.join()
        let column = try bench.read(bench.task)
        let accepted = try bench.update([1, 0, 0, 0, 0], column)
        if kind == "duplicates" { _ = try bench.messages(.update(accepted)) }
        var closeCount = 0
        for count in 0..<(FederationLimits.maximumRefusalsPerConnection + offset) {
            let message: SiteMessage =
                switch kind {
                case "refusals": .read(ReadRequest(task: TaskName("t1"), reference: .none))
                case "joins": bench.request()
                case "duplicates": .update(accepted)
                // A join takes the task up again, and counts as well.
                default: count.isMultiple(of: 2) ? .abandoned(task: bench.task) : bench.request()
                }
            let actions = try bench.handle(.received(bench.connection, message))
            closeCount += actions.count { if case .close(_, .refusedTooOften) = $0 { true } else { false } }
        }
        #expect(closeCount == (offset < 0 ? 0 : 1))
    }

    @Test("of a connection whose key was removed nothing more is applied; the site's other key goes on")
    func withdrawnKey() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let column = try bench.read(bench.task)
        let closed = try bench.handle(.keyWithdrawn(bench.connection))
        #expect(closed.contains { if case .close(bench.connection, .revoked) = $0 { true } else { false } })
        let update = try bench.update([1, 0, 0, 0, 0], column)
        let actions = try bench.handle(.received(bench.connection, .update(update)))
        // It was opened: a receipt says that it was not applied.
        let receipts = actions.compactMap { action -> Refusal.Code? in
            if case .commit(let transaction) = action { transaction.refused?.code } else { nil }
        }
        #expect(receipts == [.unavailable] && actions.count == 1)
        #expect(bench.machine.version == 0)
        let other = try bench.join("site0", task: "t0", 2)
        let again = try bench.read(bench.task, from: other)
        let answers = try bench.messages(.update(bench.update([1, 0, 0, 0, 0], again)), from: other)
        #expect(answers.contains { if case .acceptance = $0 { true } else { false } })
        #expect(bench.machine.version == 1)
    }

    @Test("an acceptance takes one refusal back, not all of them")
    func acceptanceTakesOneBack() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let foreign = SiteMessage.read(ReadRequest(task: TaskName("t1"), reference: .none))
        func isClosed(_ actions: [AggregatorAction]) -> Bool {
            actions.contains { if case .close = $0 { true } else { false } }
        }
        for _ in 1..<FederationLimits.maximumRefusalsPerConnection { _ = try bench.messages(foreign) }
        let column = try bench.read(bench.task)
        let update = try bench.update([1, 0, 0, 0, 0], column)
        var closings: [Bool] = []
        for message in [.update(update), foreign, foreign] {
            closings.append(isClosed(try bench.handle(.received(bench.connection, message))))
        }
        #expect(closings == [false, false, true])
    }

    @Test("the norm bound is itself bounded", arguments: [(1e100, true), (1e100.nextUp, false)])
    func normBoundBound(bound: Double, isAllowed: Bool) throws {
        let bench = try? AggregatorBench { $0.normBound = bound }
        #expect((bench != nil) == isAllowed)
    }
}
