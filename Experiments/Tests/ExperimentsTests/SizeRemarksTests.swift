internal import Testing

@testable internal import Experiments

/// What the sections of Figures 3 to 5 say, from rows that were written by hand.
@Suite("Remarks that follow from their rows")
struct SizeRemarksTests {
    /// A row in which SMTL takes 1 s and by the exchanges alone half as long again as AMTL.
    private static func row(
        _ value: Int, amtl: Double? = 0.5, followed: Double? = 0.5, decomposition: Double = 1e-3,
        smtlEpochs: Double? = 10, douglasRachfordSeconds: Double? = 0.5
    ) -> SizeRow {
        SizeRow(
            value: value, taskCount: 5, exchange: 2e-3, step: 1e-5, decomposition: decomposition,
            change: 2e-5,
            smtl: 1, amtl: amtl, followed: followed, distantSMTL: 2, distantFollowed: 1,
            exchangesWithBarrier: 1.5, exchangesAlone: 1,
            smtlArrival: SizeRow.Arrival(seconds: smtlEpochs.map { _ in 1 }, epochs: smtlEpochs),
            followedArrival: SizeRow.Arrival(seconds: 0.8, epochs: 12),
            douglasRachfordArrival: SizeRow.Arrival(seconds: douglasRachfordSeconds, epochs: 8))
    }

    private static func remarks(_ size: VariedSize, _ rows: [SizeRow]) -> SizeRemarks {
        SizeRemarks(
            size: size, rows: rows, published: (amtl: rows.map { _ in 1 }, smtl: rows.map { _ in 2 }),
            epochLimit: 300)
    }

    @Test("who is faster, where and by how much, is what the rows say")
    func comparison() {
        let slow = Self.remarks(.tasks, [Self.row(50, amtl: 2), Self.row(100, amtl: 4, followed: 0.8)])
            .iterations
        for text in [
            "AMTL is slower than SMTL at every size, by a factor of 2.00 to 4.00; in the paper SMTL takes 2.00 times",
            "T decompositions take 5 ms, an exchange 2 ms", "This disagrees with the paper: by these costs",
            "With the factor followed AMTL is faster than SMTL at every size, by a factor of 1.25 to 2.00; T "
                + "changes of it take 0.1 ms.", "SMTL would take 1.50 times as long",
        ] { #expect(slow.contains(text), "\(slow)") }
        let fast = Self.remarks(.tasks, [Self.row(50), Self.row(100, followed: 2)]).iterations
        for text in [
            "AMTL is faster than SMTL at every size, by a factor of 2.00;",
            "Who is faster agrees with the paper.",
            "AMTL is faster than SMTL at 50 tasks, by a factor of 2.00; it is slower than SMTL at 100 tasks, by a "
                + "factor of 2.00",
        ] { #expect(fast.contains(text), "\(fast)") }
        for text in ["bottleneck", "disagrees"] { #expect(!fast.contains(text), "\(fast)") }
    }

    @Test("the aggregator is called the bottleneck only where its work outlasts an exchange")
    func bottleneck() {
        let rows = [Self.row(50, amtl: 2, decomposition: 1e-4), Self.row(100, amtl: 1.01)]
        let text = Self.remarks(.tasks, rows).iterations
        #expect(text.contains("This disagrees with the paper.") && !text.contains("bottleneck"), "\(text)")
        #expect(text.contains("it is as fast as SMTL at 100 tasks"), "\(text)")
    }

    @Test("the ratio is called that of the exchanges only where it is")
    func exchanges() {
        let same = Self.remarks(.records, [Self.row(100, followed: 1 / 1.48)]).iterations
        #expect(same.contains("the ratio is that of the sum"), "\(same)")
        let other = Self.remarks(.records, [Self.row(100)]).iterations
        #expect(other.contains("the ratio is not only that of the sum"), "\(other)")
        #expect(other.contains("100 % do not depend on the records"), "\(other)")
    }

    @Test("powers of the number of features")
    func growth() {
        let text = Self.remarks(.features, [Self.row(100, followed: 0.1), Self.row(200, followed: 0.4)])
            .iterations
        #expect(text.contains("d^0.0 (SMTL) and d^0.0 (AMTL), ours with d^0.0 and d^2.0."), "\(text)")
        let unknown = Self.remarks(.features, [Self.row(100), Self.row(200, followed: nil)]).iterations
        #expect(unknown.contains("d^0.0 (AMTL). "), "\(unknown)")
    }

    @Test("what did not arrive is named, and slowness is explained only where there is any")
    func quality() {
        let slow = Self.remarks(
            .features, [Self.row(100, smtlEpochs: 250), Self.row(200, smtlEpochs: nil)]
        ).quality
        for text in [
            "AMTL with the factor followed is faster than SMTL at 100 features, by a factor of 1.25; it cannot be "
                + "compared with SMTL at 200 features.",
            "SMTL takes 250 (`-` at 200 features) rounds, AMTL 12 and",
            "Douglas-Rachford 8 epochs; runs end after 300.", "first-order steps are slow",
        ] { #expect(slow.contains(text), "\(slow)") }
        let quick = Self.remarks(.features, [Self.row(100)]).quality
        #expect(!quick.contains("first-order") && quick.contains("at every size"), "\(quick)")
    }

    @Test("Douglas-Rachford's search of its gamma is named only where it is slower")
    func gamma() {
        let quick = Self.remarks(.records, [Self.row(100)]).quality
        #expect(!quick.contains("gamma"), "\(quick)")
        let slow = Self.remarks(.records, [Self.row(100), Self.row(500, douglasRachfordSeconds: 2)]).quality
        #expect(slow.contains("slower than SMTL at 500 records") && slow.contains("gamma"), "\(slow)")
    }
}
