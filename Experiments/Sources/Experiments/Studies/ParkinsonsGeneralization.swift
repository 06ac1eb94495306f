internal import MultiTaskLearning

/// Parkinson's telemonitoring: the error on held-out records.
struct ParkinsonsGeneralization: Experiment {
    let name = "parkinsons"
    let title = "Parkinsons: generalisation"
    let seeds = "of the splits 1 to 5"
    let files = [PreparedProblems.parkinsonsFile]

    func blocks(_ data: DataFolder) async throws -> [Block] {
        var columns: [(title: String, outcomes: [Generalization.Model: Generalization.Outcome])] = []
        var verdicts: [String] = []
        for (title, target, fraction) in [
            ("motor, 10 % train", "motor_UPDRS", 0.1), ("motor, 30 % train", "motor_UPDRS", 0.3),
            ("total, 30 % train", "total_UPDRS", 0.3),
        ] {
            let study = Generalization(
                dataset: try data.parkinsons(target: target), loss: .squared, trainFraction: fraction,
                lambdas: [1, 10, 100, 1_000, 10_000], seeds: [1, 2, 3, 4, 5], gap: 1e-4)
            let outcomes = try await study.outcomes()
            columns.append((title, outcomes))
            verdicts.append(study.verdict(title, outcomes, decimals: 2))
        }
        return [
            .paragraph(
                """
                42 subjects of 101 to 168 records, 19 features (age, sex, time and 16 measures of voice), z-scored by \
                all training records, an intercept without penalty, squared loss. Root mean squared error on the \
                held-out records, in points of the score; mean and standard deviation of five splits. Each model's lambda \
                is the best of 1 to 10,000 on 30 % of the training records. The coupled models are trained by the \
                simulated federation, Douglas-Rachford to 1e-4, 200 \
                epochs at most; where that is not enough, the central solution is scored.
                """),
            .table(Generalization.table(columns, decimals: 2)),
            .list(verdicts),
        ]
    }
}
