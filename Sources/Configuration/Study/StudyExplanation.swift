internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Sodium

/// What follows from a validated study: sizes, bounds, when it ends, and what is doubtful about it.
package struct StudyExplanation: Sendable, Equatable {
    /// ARock's condition on the relaxation.
    ///
    /// - SeeAlso: Peng, Xu, Yan and Yin, ARock (2016); Baytas et al., ICDM 2016, Theorem 1.
    package struct DelayBound: Sendable, Equatable {
        /// Staleness in updates that the bound is for.
        package let maximumDelay: Int
        /// Whether the study names no `maximum_delay`, and 2 x sites is taken.
        package let isAssumed: Bool
        /// The largest constant relaxation that the theorem covers: c / (2 delay / sqrt(tasks) + 1).
        package let relaxationBound: Double
        /// Whether the study's relaxation is within it.
        ///
        /// The theorem is for the worst case: it is sufficient, not
        /// necessary.
        package let isKept: Bool
    }

    /// nil until the study's tasks are known; likewise the others.
    package let taskCount: Int?
    package let siteCount: Int?
    package let dimension: Int?
    /// Bytes of one update or column before packing and sealing, in the study's encoding.
    package let updateByteCount: Int?
    /// The most bytes that a release of this dimension can have: a full value in float64.
    package let releaseByteCountMaximum: Int?
    package let delayBound: DelayBound?
    /// What finishes the study, whichever comes first.
    package let stops: [String]
    package let warnings: [String]
    /// The digest that sites and aggregator compare, in hexadecimal.
    package let digest: String
}

extension StudyConfiguration {
    /// What follows from the study; complete once tasks and dimension are known.
    package var explanation: StudyExplanation {
        let taskCount = tasks.isEmpty ? nil : tasks.count
        let siteCount = tasks.isEmpty ? nil : sites.count
        let delayBound = delayBound(taskCount: taskCount, siteCount: siteCount)
        return StudyExplanation(
            taskCount: taskCount, siteCount: siteCount, dimension: dimension,
            updateByteCount: dimension.map(updateByteCount),
            releaseByteCountMaximum: dimension.map { ReleaseCodec.maximumReleaseByteCount(dimension: $0) },
            delayBound: delayBound, stops: stop.descriptions(taskCount: taskCount),
            warnings: warnings(delayBound),
            digest: Hexadecimal.encode(digest()))
    }

    private func updateByteCount(dimension: Int) -> Int {
        // The codec's bound is for float64: only the elements' width differs.
        ReleaseCodec.maximumReleaseByteCount(dimension: dimension)
            - dimension * (VectorEncoding.float64.elementByteCount - encoding.elementByteCount)
    }

    private func delayBound(taskCount: Int?, siteCount: Int?) -> StudyExplanation.DelayBound? {
        guard let taskCount, let siteCount else { return nil }
        let delay = maximumDelay ?? 2 * siteCount
        let bound = ArockRelaxation.bound(
            maximumDelay: delay, taskCount: taskCount, c: ArockRelaxation.c)
        return .init(
            maximumDelay: delay, isAssumed: maximumDelay == nil, relaxationBound: bound,
            isKept: relaxation <= bound)
    }

    private func warnings(_ delayBound: StudyExplanation.DelayBound?) -> [String] {
        var texts: [String] = []
        if mode == .asynchronous, splitting == .backwardForward, relaxationPolicy != .arock, let delayBound,
            !delayBound.isKept
        {
            texts.append(
                "relaxation \(relaxation) exceeds ARock's bound \(delayBound.relaxationBound) for a staleness of "
                    + "\(delayBound.maximumDelay) updates: the theorem, which is for the worst case, does not cover it"
            )
        }
        switch relaxationPolicy {
        case .constant, .arock: break
        case .decreasing:
            // Drawn records and noise are what shorter steps average out.
            if batchSize == nil, privacy == nil {
                texts.append(
                    "relaxation_policy decreasing without batch_size: exact steps need no shorter ones, and converge "
                        + "more slowly with them")
            }
        case .amtlDynamic:
            texts.append(
                "relaxation_policy amtl-dynamic multiplies relaxation by at least log 10 = 2.303: no theorem covers "
                    + "factors above 1")
        case .amtlDynamicCapped:
            texts.append(
                "relaxation_policy amtl-dynamic-capped has no convergence theorem for its varying factor")
        case .delayAdaptive, .delayAgnostic, .residualControlled:
            texts.append(
                "relaxation_policy \(relaxationPolicy.rawValue) has no convergence theorem for this iteration"
            )
        }
        texts += stochasticWarnings
        texts += privacyWarnings
        if splitting == .douglasRachford, mode == .asynchronous, relaxationPolicy != .arock {
            texts.append(
                "douglas-rachford under delays is guarded by its residual, not by a theorem; relaxation_policy arock "
                    + "keeps to one, and is slow")
        }
        if splitting == .douglasRachford, inertia != 0, relaxationPolicy == .arock {
            texts.append("relaxation_policy arock is for steps without inertia; set inertia to 0")
        }
        if tasks.count == 1 {
            texts.append("there is one task: nothing is learned across tasks")
        }
        if tasks.count > 1, sites.count == 1 {
            texts.append("one site owns every task: it could train alone")
        }
        if lambda == 0 { texts.append("lambda is 0: the tasks are not coupled") }
        if features == .zscore, intercept == .none {
            texts.append(
                "z-scored features without an intercept: predictions have mean 0 whatever the targets' mean")
        }
        if stop.updates == nil, stop.epochs == nil {
            texts.append(
                "stop has only a residual: a study that does not reach it runs until it is ended by hand")
        }
        if let optimumWarning { texts.append(optimumWarning) }
        if optimum != nil, let data, data.trainFraction < 1 {
            texts.append(
                "optimum with train_fraction \(data.trainFraction): it must be the optimum on the training part"
            )
        }
        if choosesEta {
            texts.append(
                "eta is auto: the aggregator learns each task's Lipschitz constant, a statistic of records that stay at "
                    + "the site")
        }
        if report.contains(.loss) {
            texts.append(
                "report has loss: the aggregator learns each task's loss on records that stay at the site")
        }
        return texts
    }
}
