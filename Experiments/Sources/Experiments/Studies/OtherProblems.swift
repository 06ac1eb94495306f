internal import Simulation

/// Douglas-Rachford on problems that its rule was not tuned on.
struct OtherProblems: Experiment {
    let name = "other-problems"
    let title = "Problems that the rule was not tuned on"
    let seeds = "1 to 3; of the synthetic records 1"
    let files =
        [
            PreparedProblems.digitsFile, PreparedProblems.landmineFile, PreparedProblems.parkinsonsFile,
            PreparedProblems.facesFile,
        ] + PreparedProblems.mnistFiles

    private static let wishedEpochs = 30.0

    func blocks(_ data: DataFolder) async throws -> [Block] {
        let problems: [(String, Problem)] = [
            ("digits, logistic, lambda 0.1", try PreparedProblems.digits(data, lambda: 0.1)),
            ("digits, logistic, lambda 1", try PreparedProblems.digits(data, lambda: 1)),
            ("digits, logistic, lambda 10", try PreparedProblems.digits(data, lambda: 10)),
            ("landmine, logistic, lambda 1", try PreparedProblems.landmine(data, lambda: 1)),
            ("landmine, logistic, lambda 10", try PreparedProblems.landmine(data, lambda: 10)),
            ("parkinsons, squared, lambda 10", try PreparedProblems.parkinsons(data, lambda: 10)),
            ("MNIST, logistic, lambda 10", try PreparedProblems.mnist(data, lambda: 10)),
            ("MTFL, logistic, lambda 10", try PreparedProblems.faces(data, lambda: 10)),
            (
                "low rank, T 20, d 30, n 40, lambda 10",
                try PreparedProblems.synthetic(taskCount: 20, recordCount: 40, dimension: 30)
            ),
        ]
        let seeds: [UInt64] = [1, 2, 3]
        let jobs = problems.indices.flatMap { problem in
            [false, true].flatMap { isStale in seeds.map { (problem, isStale, $0) } }
        }
        let runs = try await ConcurrentMap.map(jobs) { index, isStale, seed in
            let problem = problems[index].1
            return try ArrivalRun(
                .douglasRachford, on: problem, readAge: isStale ? .uniform(0...problem.taskCount) : .none,
                seed: seed, epochLimit: 120)
        }
        var table = MarkdownTable(
            ["problem", "staleness", "1e-2", "1e-4", "1e-6", "1e-8", "1e-6 within 30"])
        var missed: [String] = []
        for (job, start) in stride(from: 0, to: runs.count, by: seeds.count).enumerated() {
            let own = Array(runs[start..<start + seeds.count])
            let (label, problem) = problems[job / 2]
            let staleness = job.isMultiple(of: 2) ? "none" : "uniform:0..\(problem.taskCount)"
            let sixth = own.map { $0.epochs(to: 1e-6) }
            let isMet = (Figures.worst(sixth) ?? .infinity) <= Self.wishedEpochs
            if !isMet { missed.append("\(label), \(staleness)") }
            table.append(
                [label, staleness]
                    + [1e-2, 1e-4, 1e-6, 1e-8].map { bound in
                        Figures.medianAndWorst(own.map { $0.epochs(to: bound) })
                    } + [isMet ? "yes" : "no"])
        }
        return [
            .paragraph(
                """
                The same rule and constants, one update at a time. Digits: 8 x 8 pixels divided by 16, five pairs \
                0v9 to 4v5, no intercept. Landmine: 29 fields, an intercept. Parkinsons: 42 subjects, motor_UPDRS \
                from 19 features, z-scored, an intercept. MNIST: test split on 10 x 10 means, five pairs. MTFL: four \
                attributes from ten coordinates, z-scored, an intercept. Low rank: models of rank 3 in standard \
                normal features, noise 1. Wished: 1e-6 within 30 epochs on logistic digits and landmine; the last \
                column asks it of the worst seed on every problem.
                """),
            .table(table),
            .paragraph(
                missed.isEmpty
                    ? "Every row is within 30 epochs."
                    : "Beyond 30 epochs on some seed: \(missed.joined(separator: "; "))."),
            .paragraph(
                """
                Logistic digits and landmine are within 30 epochs on every seed as long as nothing is stale; with the \
                prox up to T versions old landmine takes up to 40. Parkinsons is the worst: the measures of voice are \
                nearly collinear, age and sex constant within a subject, and the rule takes twice the epochs.
                """),
        ]
    }
}
