internal import Glibc
internal import Reporting

/// What the sections of Figures 3 to 5 say of their rows: it follows from these, so that no run contradicts its own
/// text.
struct SizeRemarks {
    let size: VariedSize
    /// At least one, in the figure's order.
    let rows: [SizeRow]
    /// Seconds in the paper, one a row.
    let published: (amtl: [Double], smtl: [Double])
    /// Where runs to a suboptimality end.
    let epochLimit: Int

    /// The part by which two times may differ and still count as equal.
    private static let tie = 0.02
    /// The difference of two ratios that says nothing.
    private static let ratioTolerance = 0.05
    /// Rounds from which on the first-order steps are called slow.
    private static let manyRounds = 100.0

    /// Of the figure's iterations.
    var iterations: String {
        switch size {
        case .tasks: (asPublished + followed).joined(separator: " ")
        case .records: (fixedCosts + exchanges).joined(separator: " ")
        case .features: (exchanges + growth).joined(separator: " ")
        }
    }

    /// Of the runs to a suboptimality.
    var quality: String {
        var sentences = [
            comparison("AMTL with the factor followed", rows.map(\.arrivalOverFollowed)) + ".",
            comparison("Douglas-Rachford", rows.map(\.arrivalOverDouglasRachford)) + ".",
            "SMTL takes \(epochs(of: \.smtlArrival)) rounds, AMTL \(epochs(of: \.followedArrival)) and "
                + "Douglas-Rachford \(epochs(of: \.douglasRachfordArrival)) epochs; runs end after \(epochLimit).",
        ]
        let isSlower = rows.contains { ($0.arrivalOverDouglasRachford ?? 1) < 1 - Self.tie }
        if size == .records, isSlower {
            sentences.append(
                "Douglas-Rachford spends its first epochs on finding its gamma, whatever the problem (decision 0023)."
            )
        }
        let isFirstOrderSlow = rows.contains { ($0.smtlArrival.epochs ?? .infinity) > Self.manyRounds }
        if size == .features, isFirstOrderSlow {
            sentences.append(
                """
                With no more records than features the first-order steps are slow: where the records say nothing, a \
                singular value shrinks by eta lambda a step, and eta falls with the largest eigenvalue.
                """)
        }
        return sentences.joined(separator: " ")
    }

    // MARK: Sentences

    /// AMTL with an SVD for each update, beside the paper.
    private var asPublished: [String] {
        let paper = zip(published.smtl, published.amtl).map { $0 / $1 }
        let ours = rows.map(\.overAMTL)
        let work = rows.map { Double($0.taskCount) * $0.decomposition }
        var sentences = [
            "As published, AMTL decomposes V for every update, SMTL once a round.",
            comparison("AMTL", ours)
                + "; in the paper SMTL takes \(Self.factor(paper)) times as long as AMTL.",
            "T decompositions take \(Self.milliseconds(work)), an exchange "
                + "\(Self.milliseconds(rows.map(\.exchange))) in the mean.",
        ]
        let isContradicted = zip(ours, paper).contains { ours, paper in
            ours.map { ($0 < 1) != (paper < 1) } ?? false
        }
        let isBottleneck = zip(rows, work).allSatisfy { row, work in
            (row.overAMTL ?? 1) >= 1 || work > row.exchange
        }
        if !isContradicted {
            sentences.append("Who is faster agrees with the paper.")
        } else if isBottleneck {
            sentences.append(
                """
                This disagrees with the paper: by these costs the aggregator is the bottleneck wherever AMTL is \
                slower, and the paper's SMTL must have paid for something that is not in the method.
                """)
        } else {
            sentences.append("This disagrees with the paper.")
        }
        return sentences
    }

    /// AMTL with the factor followed, near and far.
    private var followed: [String] {
        let work = rows.map { Double($0.taskCount) * $0.change }
        return [
            comparison("With the factor followed AMTL", rows.map(\.overFollowed))
                + "; T changes of it take \(Self.milliseconds(work)).",
            "By the exchanges alone, without any work at the aggregator, SMTL would take "
                + "\(Self.factor(rows.compactMap(\.overExchanges))) times as long.",
            comparison(
                "With the delays of Table III, offset 1 s (last column), AMTL with the factor followed",
                rows.map(\.distantOverFollowed)) + ".",
        ]
    }

    /// What of the published seconds does not depend on the number of records.
    private var fixedCosts: [String] {
        guard let first = published.smtl.first, let last = published.smtl.last else { return [] }
        let share = NumberText.fixed(100 * first / last, decimals: 0)
        let costs = [rows.map(\.step), rows.map(\.decomposition)].map { $0.max() ?? 0 }
        return [
            """
            The published SMTL takes \(Figures.power(first)) s with the fewest records and \(Figures.power(last)) s \
            with the most: \(share) % do not depend on the records. In this model a gradient takes at most \
            \(Self.milliseconds([costs[0]])) and an SVD \(Self.milliseconds([costs[1]])), so that the published ratio, \
            \(Self.factor(zip(published.smtl, published.amtl).map { $0 / $1 })), is one of two programs' fixed costs \
            above all.
            """
        ]
    }

    /// Whether the ratio is that of the delays.
    private var exchanges: [String] {
        let pairs = rows.compactMap { row -> (ours: Double, alone: Double)? in
            guard let ours = row.overFollowed, let alone = row.overExchanges else { return nil }
            return (ours: ours, alone: alone)
        }
        guard !pairs.isEmpty else { return [] }
        let isDelays = pairs.allSatisfy { abs($0.ours - $0.alone) <= Self.ratioTolerance }
        return [
            """
            By the exchanges alone, without any work at the aggregator, SMTL would take \
            \(Self.factor(pairs.map { $0.alone })) times as long as AMTL; with it and the factor followed SMTL takes \
            \(Self.factor(pairs.map { $0.ours })): the ratio is \(isDelays ? "" : "not only ")that of the sum of the \
            largest of five delays to the largest of five sums.
            """
        ]
    }

    /// How seconds grow with the number of features.
    private var growth: [String] {
        let sizes = rows.map { Double($0.value) }
        let theirs = [published.smtl, published.amtl].map { Self.exponent(sizes, $0) }
        let ours = [rows.map(\.smtl), rows.map(\.followed)].map { Self.exponent(sizes, $0) }
        let mine = ours.contains(nil) ? "" : ", ours with d^\(ours[0] ?? "") and d^\(ours[1] ?? "")"
        return [
            "The published seconds grow with d^\(theirs[0] ?? "-") (SMTL) and d^\(theirs[1] ?? "-") (AMTL)\(mine).",
            """
            A gradient and a thin decomposition of a d x 5 matrix grow with d; a full decomposition, with a factor of \
            d x d, grows with d^2, and the code that the authors ship makes one.
            """,
        ]
    }

    // MARK: Words

    /// Returns at which sizes a method is faster than SMTL or slower, and by what factors.
    ///
    /// - Parameter ratios: SMTL's seconds over the method's, one a row; nil where either is not known.
    private func comparison(_ name: String, _ ratios: [Double?]) -> String {
        let known = zip(rows, ratios).compactMap { row, ratio in
            ratio.map { (value: row.value, ratio: $0) }
        }
        let faster = known.filter { $0.ratio > 1 + Self.tie }
        let slower = known.filter { $0.ratio < 1 - Self.tie }
        let equal = known.filter { abs($0.ratio - 1) <= Self.tie }
        var parts: [String] = []
        if !faster.isEmpty {
            parts.append(
                "is faster than SMTL \(place(faster.map { $0.value })), by a factor of "
                    + Self.factor(faster.map { $0.ratio }))
        }
        if !slower.isEmpty {
            parts.append(
                "is slower than SMTL \(place(slower.map { $0.value })), by a factor of "
                    + Self.factor(slower.map { 1 / $0.ratio }))
        }
        if !equal.isEmpty { parts.append("is as fast as SMTL \(place(equal.map { $0.value }))") }
        let unknown = zip(rows, ratios).filter { $0.1 == nil }.map { $0.0.value }
        if !unknown.isEmpty { parts.append("cannot be compared with SMTL \(place(unknown))") }
        return "\(name) \(parts.joined(separator: "; it "))"
    }

    private func place(_ values: [Int]) -> String {
        guard values.count < rows.count else { return "at every size" }
        return "at \(values.map(String.init).joined(separator: ", ")) \(size.rawValue)"
    }

    /// Returns the fewest and the most epochs of a method, and where it did not arrive.
    private func epochs(of arrival: (SizeRow) -> SizeRow.Arrival) -> String {
        let all = rows.map { arrival($0).epochs }
        let known = all.compactMap { $0 }
        guard let low = known.min(), let high = known.max() else { return "-" }
        let text = low == high ? Figures.count(low) : "\(Figures.count(low)) to \(Figures.count(high))"
        let absent = zip(rows, all).filter { $0.1 == nil }.map { $0.0.value }
        return absent.isEmpty ? text : "\(text) (`-` \(place(absent)))"
    }

    /// Returns `1.24 to 1.27`, or the one number where both ends are.
    private static func factor(_ values: [Double]) -> String {
        range(values) { NumberText.fixed($0, decimals: 2) }
    }

    /// Returns seconds in milliseconds.
    private static func milliseconds(_ seconds: [Double]) -> String {
        range(seconds) { seconds in
            let value = 1_000 * seconds
            return value < 100
                ? NumberText.significant(value, digits: 3) : NumberText.fixed(value, decimals: 0)
        } + " ms"
    }

    private static func range(_ values: [Double], _ text: (Double) -> String) -> String {
        guard let low = values.min(), let high = values.max() else { return "-" }
        let (first, last) = (text(low), text(high))
        return first == last ? first : "\(first) to \(last)"
    }

    /// Returns the power of the size that times grow with, from the smallest to the largest; nil where either is
    /// absent.
    private static func exponent(_ sizes: [Double], _ seconds: [Double?]) -> String? {
        guard let first = sizes.first, let last = sizes.last, last > first,
            let start = seconds.first ?? nil, let end = seconds.last ?? nil, start > 0, end > 0
        else { return nil }
        return NumberText.fixed(log(end / start) / log(last / first), decimals: 1)
    }
}
