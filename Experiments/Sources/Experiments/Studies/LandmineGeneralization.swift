internal import MultiTaskLearning

/// Landmine detection: the area under the curve on held-out records.
struct LandmineGeneralization: Experiment {
    let name = "landmine"
    let title = "Landmine: generalisation"
    let seeds = "of the splits 1 to 5"
    let files = [PreparedProblems.landmineFile]

    func blocks(_ data: DataFolder) async throws -> [Block] {
        let dataset = try data.landmine()
        var columns: [(title: String, outcomes: [Generalization.Model: Generalization.Outcome])] = []
        var verdicts: [String] = []
        for (title, fraction) in [("10 % train", 0.1), ("30 % train", 0.3)] {
            let study = Generalization(
                dataset: dataset, loss: .logistic, trainFraction: fraction,
                lambdas: [0.1, 1, 10, 100, 1_000], seeds: [1, 2, 3, 4, 5],
                gap: 1e-6)
            let outcomes = try await study.outcomes()
            columns.append((title, outcomes))
            verdicts.append(study.verdict(title, outcomes, decimals: 3))
        }
        return [
            .paragraph(
                """
                29 fields of 445 to 690 records, 6 % mines. Logistic loss, features z-scored by all training records, an \
                intercept without penalty. Area under the ROC curve on the held-out records, mean of the fields; mean \
                and standard deviation of five splits. Each model's lambda is the best of 0.1 to 1,000 on 30 % of the \
                training records (the range chosen is shown). The coupled models are trained by the simulated \
                federation, Douglas-Rachford to 1e-6, 200 epochs at most; where that is not enough, \
                the central solution is scored.
                """),
            .table(Generalization.table(columns, decimals: 3)),
            .list(verdicts),
            .paragraph(
                """
                A tenth of the records are about 50 a field with three mines: fields tell too little of themselves, a \
                low rank is learnt from noise, and lambda is chosen on one mine a field; a pull towards the mean of \
                all is what then helps. With three times as many, low rank is the best of the four.
                """),
        ]
    }
}
