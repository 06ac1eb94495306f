internal import Reporting

/// Table III: School, MNIST and MTFL, offsets of 1, 2 and 3 s.
struct TableThree: Experiment {
    let name = "table-3"
    let title = "Table III: School, MNIST, MTFL"
    let seeds = "of the delays 1 to 3"
    let files = [PreparedProblems.schoolFile, PreparedProblems.facesFile] + PreparedProblems.mnistFiles

    private static let offsets = [1.0, 2, 3]
    private static let randomShare = 0.5
    private static let iterations = 20

    private struct DataSet {
        var label: String
        var problem: Problem
        var amtl: [Double]
        var smtl: [Double]
        var suboptimalities: [(String, Double)]
        var epochLimit: Int
    }

    func blocks(_ data: DataFolder) async throws -> [Block] {
        let sets = [
            DataSet(
                label: "School", problem: try PreparedProblems.school(data), amtl: [194.22, 231.58, 460.15],
                smtl: [299.79, 298.42, 593.36], suboptimalities: [("1e-2", 1e-2), ("1e-3", 1e-3)],
                epochLimit: 120),
            DataSet(
                label: "MNIST", problem: try PreparedProblems.mnist(data, lambda: 10),
                amtl: [54.96, 83.17, 115.46], smtl: [57.94, 114.85, 161.67],
                suboptimalities: [("1e-1", 1e-1), ("1e-2", 1e-2), ("1e-4", 1e-4)], epochLimit: 1_500),
            DataSet(
                label: "MTFL", problem: try PreparedProblems.faces(data, lambda: 10),
                amtl: [50.40, 77.44, 103.45], smtl: [50.59, 92.84, 146.87],
                suboptimalities: [("1e-1", 1e-1), ("1e-2", 1e-2), ("1e-4", 1e-4)], epochLimit: 1_500),
        ]
        let quality = try await equalSuboptimality(sets)
        return [
            .paragraph(
                """
                Stated: School, 139 regression tasks; MNIST, five pairs of digits in 100 features; MTFL, four binary \
                tasks in 10 features; offsets 1, 2, 3 s, equal numbers of iterations. Ours: School z-scored with an \
                intercept, lambda 100; MNIST's test split alone (10,000 digits; the paper's sizes are those of all \
                70,000), on means of a 10 x 10 grid; MTFL's 10,000 training rows (2,224 of pose left or right) \
                z-scored with an intercept; logistic loss and lambda 10 for both; delays, iterations and costs as in \
                Table I above.
                """),
            .table(try await equalIterations(sets)),
            .paragraph(
                """
                The published ratios go from 1.00 to 1.54. With five and four tasks ours are within that range. With \
                School's 139 tasks ours is larger: a maximum of 139 independent exponential delays is 5.5 means, and \
                every round of SMTL waits for it. The published School times do not behave like sums of such \
                maxima: SMTL is no slower at 2 s than at 1 s (298.42 and 299.79), and 139 threads shared four cores, \
                so that no delay was independent of the others. The published ratio 1.00 of MTFL at 1 s is what \
                delays without a random part give.
                """),
            .paragraph(
                """
                To the same relative suboptimality on the same delays, offset 1 s, seed 1 (at 2 and 3 s everything but the \
                milliseconds of computation is two and three times as long); virtual seconds:
                """),
            .table(quality.table),
            .paragraph(
                """
                The runs end after 120 epochs on School, 1,500 on the others. On the faces and MNIST the step of \
                backward-forward is bound by the worst task's largest eigenvalue while the features are nearly \
                collinear (means of neighbouring pixels, coordinates of one face): with or without a barrier it is \
                far from the optimum when Douglas-Rachford has long been there. Seconds of Douglas-Rachford with a \
                barrier over those without: \(quality.barrierRatios).
                """),
        ]
    }

    private func equalIterations(_ sets: [DataSet]) async throws -> MarkdownTable {
        var table = MarkdownTable(
            ["data, offset", "AMTL s", "SMTL s", "ratio", "paper: AMTL s", "paper: SMTL s", "paper: ratio"])
        let problems = sets.map(\.problem)
        let jobs = sets.indices.flatMap { set in Self.offsets.indices.map { (set, $0) } }
        let runs = try await ConcurrentMap.map(jobs) { set, offset in
            try ([1, 2, 3] as [UInt64]).map { seed in
                try DelayComparison(
                    problems[set], delays: Self.delays(Self.offsets[offset]), seed: seed,
                    iterations: Self.iterations)
            }
        }
        for ((set, offset), own) in zip(jobs, runs) {
            let amtl = Figures.median(own.map { $0.amtl.secondsOfIterations })
            let smtl = Figures.median(own.map { $0.smtl.secondsOfIterations })
            let published = (amtl: sets[set].amtl[offset], smtl: sets[set].smtl[offset])
            table.append([
                "\(sets[set].label), \(Figures.power(Self.offsets[offset])) s", Figures.seconds(amtl),
                Figures.seconds(smtl), Figures.ratio(smtl, amtl),
                NumberText.fixed(published.amtl, decimals: 2),
                NumberText.fixed(published.smtl, decimals: 2), Figures.ratio(published.smtl, published.amtl),
            ])
        }
        return table
    }

    private func equalSuboptimality(
        _ sets: [DataSet]
    ) async throws -> (table: MarkdownTable, barrierRatios: String) {
        var table = MarkdownTable(["data, to"] + DelayComparison.secondsTitles)
        let jobs = sets.map { ($0.problem, $0.suboptimalities.last?.1 ?? 0, $0.epochLimit) }
        let runs = try await ConcurrentMap.map(jobs) { problem, suboptimality, epochLimit in
            try DelayComparison(
                problem, delays: Self.delays(1), seed: 1, suboptimality: suboptimality, epochLimit: epochLimit
            )
        }
        var ratios: [String] = []
        for (set, comparison) in zip(sets, runs) {
            for (label, bound) in set.suboptimalities {
                table.append(
                    ["\(set.label), \(label)"] + DelayComparison.seconds(of: [comparison], to: bound))
                let ratio = Figures.ratio(
                    comparison.synchronousDouglasRachford?.seconds(to: bound),
                    comparison.douglasRachford?.seconds(to: bound))
                ratios.append("\(ratio) (\(set.label), \(label))")
            }
        }
        return (table, ratios.joined(separator: ", "))
    }

    private static func delays(_ offset: Double) -> DelayModel {
        DelayModel(offset: offset, randomMean: randomShare * offset)
    }
}
