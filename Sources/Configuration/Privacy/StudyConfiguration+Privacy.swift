internal import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyMechanisms

extension StudyConfiguration {
    /// Checks that nothing but noised gradients would depend on records.
    ///
    /// - Parameter origin: Where a top-level key stands.
    func requirePrivacyConsistency(
        _ origin: (String) -> SettingOrigin
    ) throws(ConfigurationError) {
        guard let privacy else { return }
        func refuse(_ key: String, got: String, reason: String, fix: String) throws(ConfigurationError) {
            throw ConfigurationError(
                .impossibleCombination, "\(origin(key)): \(key): got \(got) with privacy: \(reason); \(fix)")
        }
        if splitting != .backwardForward {
            try refuse(
                "splitting", got: "`\(splitting.rawValue)`",
                reason:
                    "its answer is the proximal point of the records' loss, and no clipping bounds what one record "
                    + "does to it", fix: "write splitting: \(SplittingKind.backwardForward.rawValue)")
        }
        if choosesEta {
            try refuse(
                "eta", got: "`\(Self.chosenEta)`",
                reason:
                    "it is chosen from the Lipschitz constants of the records, which would be told without noise",
                fix: "write a number")
        }
        if batchSize != nil {
            try refuse(
                "batch_size", got: "\(batchSize ?? 0)",
                reason: "a batch of fixed size has not the privacy of a Poisson sample",
                fix: "remove it, and write privacy.sampling_rate")
        }
        if !report.isEmpty {
            try refuse(
                "report", got: report.map(\.rawValue).joined(separator: ", "),
                reason: "losses are of the records, and would be told without noise", fix: "remove the key")
        }
        if privacy.unit != .site, features == .zscore {
            try refuse(
                "features", got: "`\(features.rawValue)`",
                reason:
                    "means and deviations are of all of a task's records: a record's gradient may depend on that "
                    + "record and public constants only",
                fix:
                    "scale the files by public constants and write features: \(FeatureScaling.raw.rawValue), or hide "
                    + "the whole site (privacy.unit: \(PrivacyUnit.site.rawValue))")
        }
        let kinds = tasks.isEmpty ? [losses.standard] + losses.exceptions.values : tasks.map { loss(of: $0) }
        if privacy.releasesScores, privacy.scoreBound == nil, kinds.contains(.squared) {
            try refuse(
                "privacy", got: "score_noise_multiplier without score_bound",
                reason:
                    "a squared error has no bound of its own, and noise hides one record's part only where that has one",
                fix: "write privacy.score_bound, a public number, or remove score_noise_multiplier")
        }
        if let data { try requirePrivateSplit(of: data, at: origin("data")) }
        let known = Set(tasks.map(\.name))
        if !tasks.isEmpty,
            let unknown = Set(privacy.declaredRecords.exceptions.keys).subtracting(known).min()
        {
            try refuse(
                "privacy", got: "declared_records of \(SettingNode.quote(unknown))",
                reason: "it is no task of this study", fix: "remove it, or correct the name")
        }
    }

    /// Checks that one record more or less leaves every other where it was: in training, or held out.
    ///
    /// - Parameter data: The study's own, or a site's.
    /// - Throws: ``ConfigurationError/Code/impossibleCombination``.
    package func requirePrivateSplit(of data: DataConfiguration) throws(ConfigurationError) {
        try requirePrivateSplit(of: data, at: .program("study \(SettingNode.quote(name))"))
    }

    private func requirePrivateSplit(
        of data: DataConfiguration, at origin: SettingOrigin
    ) throws(ConfigurationError) {
        guard let privacy, privacy.unit != .site else { return }
        func refuse(_ key: String, _ reason: String, _ fix: String) throws(ConfigurationError) {
            throw ConfigurationError(
                .impossibleCombination, "\(origin): data.\(key): with privacy: \(reason); \(fix)")
        }
        if data.trainFraction < 1 || data.validationFraction > 0,
            privacy.relation == .addOrRemoveOne || privacy.unit == .person
        {
            try refuse(
                data.trainFraction < 1 ? "train_fraction" : "validation_fraction",
                "the split is drawn for the number of records: one \(privacy.unit.rawValue) more or less would move "
                    + "others into training or out of it",
                privacy.unit == .person
                    ? "train on all records, and score on other files"
                    : "train on all records, or write privacy.relation: "
                        + NeighbouringRelation.replaceOne.rawValue)
        }
        if privacy.releasesScores, data.trainFraction == 1, data.validationFraction == 0 {
            try refuse(
                "train_fraction",
                "privacy.score_noise_multiplier is set, and no records are held out to be scored",
                "hold some out, as with train_fraction: 0.8, or remove score_noise_multiplier")
        }
        if privacy.unit == .person, data.personColumn == nil {
            try refuse(
                "person_column", "privacy.unit is `person`, and no column tells whose record each one is",
                "name that column")
        }
    }

    /// What is doubtful about the noise.
    var privacyWarnings: [String] {
        guard let privacy, let dimension else { return [] }
        var texts: [String] = []
        for task in tasks {
            let count = Double(privacy.declaredRecords.count(of: task.name)) * privacy.samplingRate
            let noise =
                privacy.noiseMultiplier * privacy.clippingNorm * Double(dimension).squareRoot() / count
            guard noise > privacy.clippingNorm else { continue }
            texts.append(
                "privacy: the noise on a mean gradient of task \(SettingNode.quote(task.name)) has norm \(Float(noise)), "
                    + "more than the clipping norm \(privacy.clippingNorm): updates are noise above all; declare more "
                    + "records, or take less noise in fewer updates")
            break
        }
        if let updates = stop.updateCountMaximum(taskCount: max(1, tasks.count)), !tasks.isEmpty,
            updates < UInt64(privacy.releases)
        {
            texts.append(
                "privacy.releases is \(privacy.releases): the study stops after \(updates) updates of all tasks"
            )
        }
        return texts
    }
}
