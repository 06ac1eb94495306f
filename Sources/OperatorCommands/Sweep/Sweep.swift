internal import Configuration
internal import Datasets
internal import LocalFederation
internal import Reporting
internal import Studies

/// A federation for each of several values of lambda, and one more for the chosen one.
///
/// The choice is made on validation records, cut from each task's training records; the records that the study holds
/// out are not looked at before the final federation, which trains on all training records and is scored on them.
///
/// Where the study is private all federations share keys, ledgers and receipts, in the sweep's folder: each update and each
/// noisy score of each of them is charged there, below one ceiling. Nothing is compared then: other models' scores would be
/// without noise.
struct Sweep {
    /// The study's file and what the shell changes of it.
    let path: String
    let overrides: [String]
    let grid: LambdaGrid
    /// The part of the training records that the choice is made on.
    let holdout: Double
    let siteCount: Int?
    let weighting: SweepWeighting
    let rule: SweepScores.Rule
    /// Whether a last federation trains with the chosen lambda.
    let trainsFinally: Bool
    /// The seed of federations on a virtual clock; nil for real processes.
    let seed: UInt64?
    let folder: RunFolder
    let programs: String
    let readsInFlight: Int

    static let fileName = "sweep.json"
    private static let command = "atoll sweep"

    /// Runs every federation, one after the other; one that fails is noted, the last one too, and the others go on.
    ///
    /// Each begins from nothing: a state belongs to one study, and lambda is part of it. What has ended is in
    /// ``fileName`` from then on, so that it outlasts a later failure or cancellation.
    ///
    /// - Throws: ``CommandError``: `refusedStudy` before the first, `failedSweep` where none has a result;
    ///   `CancellationError`; `ReportingError` where the file cannot be written.
    func result(messages: TextOutput) async throws -> SweepResult {
        let first = try requireSplits()
        let spending = try SweepSpending(
            first.study, lambdaCount: grid.values.count, trainsFinally: trainsFinally)
        if let spending { messages.write(spending.text) }
        let accounts = spending.map { SharedAccounts(folder: folder, runCount: $0.runCount) }
        var trials: [SweepTrial] = []
        var failures: [(lambda: Double, message: String)] = []
        for (index, lambda) in grid.values.enumerated() {
            messages.write("lambda \(LambdaGrid.text(lambda)) (\(index + 1) of \(grid.values.count))\n")
            do {
                trials.append(
                    try await trial(
                        lambda, validation: holdout, name: "lambda-", accounts: accounts, messages: messages))
            } catch {
                let message = try Self.note(
                    error, of: "lambda \(LambdaGrid.text(lambda))", messages: messages)
                failures.append((lambda, message))
            }
            if !trials.isEmpty { try write(gathered(first.study, trials, failures)) }
        }
        guard !trials.isEmpty else {
            throw CommandError(
                .failedSweep,
                "no lambda has a result; lambda \(LambdaGrid.text(failures[0].lambda)): \(failures[0].message)"
            )
        }
        var result = gathered(first.study, trials, failures)
        if trainsFinally {
            messages.write("lambda \(LambdaGrid.text(result.lambda)), on all training records\n")
            do {
                result.final = try await trial(
                    result.lambda, localLambda: result.localLambda, validation: 0, name: nil,
                    accounts: accounts, messages: messages)
            } catch {
                result.finalFailure = try Self.note(error, of: "the final run", messages: messages)
            }
            result.spendings = spendings(first.study)
        }
        result.isComplete = true
        try write(result)
        return result
    }

    /// Says that a federation has no result.
    ///
    /// - Returns: Why, on one line.
    /// - Throws: `CancellationError` where the sweep was cancelled.
    private static func note(
        _ error: any Error, of federation: String, messages: TextOutput
    ) throws -> String {
        try Task.checkCancellation()
        let message = CommandLineProgram.oneLine("\(error)")
        messages.write("warning: \(federation) has no result: \(message)\n")
        return message
    }

    private func gathered(
        _ study: StudyConfiguration, _ trials: [SweepTrial], _ failures: [(lambda: Double, message: String)]
    ) -> SweepResult {
        SweepResult(
            study: study, trials: trials, failures: failures, holdout: holdout, weighting: weighting,
            rule: rule, folder: folder.path, isSimulated: seed != nil, spendings: spendings(study))
    }

    /// What each site's ledger has charged, federations without a result included.
    private func spendings(_ study: StudyConfiguration) -> [SiteSpending] {
        guard study.privacy != nil else { return [] }
        return study.sites.compactMap { SiteSpending(site: $0, ledger: folder.ledger(of: $0)) }
    }

    private func write(_ result: SweepResult) throws {
        try Folder.create(folder.path)
        try AtomicFile.write(Array(result.json.indentedText.utf8), to: folder.path + "/" + Self.fileName)
    }

    /// The study with a lambda and a part of its training records to validate on.
    private func study(_ lambda: Double, validation: Double) throws -> StudyConfiguration {
        // A known optimum is that of another lambda, or of other records.
        try StudyConfiguration.load(
            path: path,
            overrides: overrides + [
                "lambda=\(lambda)", "optimum=null", "data.validation_fraction=\(validation)",
            ])
    }

    /// Runs one federation.
    ///
    /// - Parameters:
    ///   - localLambda: Of the local-only models that are scored beside; nil for the same.
    ///   - accounts: What all federations of a private sweep share; nil without privacy.
    private func trial(
        _ lambda: Double, localLambda: Double? = nil, validation: Double, name prefix: String?,
        accounts: SharedAccounts?, messages: TextOutput
    ) async throws -> SweepTrial {
        let study = try study(lambda, validation: validation)
        let rival = try localLambda.map {
            try LocalStudy(
                self.study($0, validation: validation), siteCount: siteCount, command: Self.command
            ).study
        }
        if let seed {
            return try SweepTrial(
                simulating: LocalStudy(study, siteCount: siteCount, command: Self.command), rival: rival,
                seed: seed, readsInFlight: readsInFlight)
        }
        let name = prefix.map { $0 + LambdaGrid.text(lambda) } ?? "final"
        let run = FederationRun(
            study: study, siteCount: siteCount, folder: RunFolder("\(folder.path)/\(name)"),
            programs: programs, readsInFlight: readsInFlight,
            comparison: accounts == nil ? .local : .none, rival: rival, accounts: accounts,
            endsAtSignals: false, command: Self.command)
        guard let result = try await run.result(messages: messages) else { throw CancellationError() }
        return try SweepTrial(lambda: lambda, result: result)
    }

    /// Checks that there are records to choose by and to report on, and that eta suits all that train.
    ///
    /// - Returns: The first federation's study.
    private func requireSplits() throws -> LocalStudy {
        let plain = try StudyConfiguration.load(path: path, overrides: overrides)
        if let privacy = plain.privacy { try requireCharges(privacy, of: plain) }
        let data = try LocalStudy.data(of: plain, command: Self.command)
        guard data.trainFraction < 1 || !trainsFinally else {
            throw CommandError(
                .refusedStudy,
                "study '\(plain.name)' trains on all records (data.train_fraction is 1), so that none are left to score "
                    + "the chosen lambda on, and the scores that it was chosen by flatter it; write for example "
                    + "--set data.train_fraction=0.7, or --choose-only for no final federation")
        }
        let lambda = grid.values[0]
        let first = try LocalStudy(
            study(lambda, validation: holdout), siteCount: siteCount, command: Self.command)
        guard first.tasks.contains(where: { $0.heldOutCount > 0 }) else {
            throw CommandError(
                .refusedStudy,
                "no task of study '\(plain.name)' has two training records, one to train and one to choose by; raise "
                    + "data.train_fraction, which is \(data.trainFraction)")
        }
        if trainsFinally {
            _ = try LocalStudy(study(lambda, validation: 0), siteCount: siteCount, command: Self.command)
        }
        return first
    }

    /// Checks that every score that lambda is chosen by will be charged.
    private func requireCharges(_ privacy: StudyPrivacy, of study: StudyConfiguration) throws {
        guard seed == nil else {
            throw CommandError(
                .refusedStudy,
                "study '\(study.name)' is private, and --simulated charges nothing: its noise follows from a seed, which protects "
                    + "nobody. Leave --simulated out, or sweep with --set privacy=null where nothing need be protected"
            )
        }
        guard privacy.releasesScores else {
            throw CommandError(
                .refusedStudy,
                "study '\(study.name)' is private, and the scores that lambda is chosen by tell of its records: they need noise, "
                    + "and a charge. Write --set privacy.score_noise_multiplier=20, or what the ceiling holds, or sweep with "
                    + "--set privacy=null where nothing need be protected")
        }
    }
}
