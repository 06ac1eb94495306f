package import Configuration
package import Federation
package import MultiTaskLearning

extension StudyConfiguration {
    /// The plan that sites and aggregator run.
    ///
    /// - Parameter stoppingRule: nil for the study's own.
    /// - Throws: ``ConfigurationError`` where tasks or dimension are absent, ``FederationError`` where a setting is
    ///   out of the protocol's bounds.
    package func plan(stoppingRule: StoppingRule? = nil) throws -> StudyPlan {
        try requireDeployable()
        guard let dimension else { throw FederationError(.invalidStudy, "the study has no dimension") }
        return try StudyPlan(
            name: name, digest: digest(), dimension: dimension,
            tasks: tasks.map { StudyPlan.Task(name: TaskName($0.name), owner: SiteName($0.site)) },
            regularizer: coupling(dimension: dimension, tasks: tasks.map(\.name)), lambda: lambda,
            splitting: splitting(), relaxation: relaxation,
            relaxationPolicy: relaxationPolicy, mode: planMode, encoding: encoding, normBound: normBound,
            stoppingRule: stoppingRule
                ?? StoppingRule(
                    maximumUpdateCount: stop.updateCountMaximum(taskCount: tasks.count),
                    residualTolerance: stop.residual),
            reportsLoss: report.contains(.loss), etaTimeout: barrierTimeout,
            factorPolicy: FactorPolicy(
                tolerance: proxTolerance, maximumAge: factorAgeMaximum(taskCount: tasks.count),
                taskCount: tasks.count),
            relaxationSchedule: relaxationSchedule ?? .standard, batchSize: batchSize,
            privacy: try privateStudy(dimension: dimension))
    }

    /// How updates are made private; nil where they are not.
    ///
    /// - Throws: ``FederationError`` naming the task, the setting and its bound.
    package func privateStudy(dimension: Int) throws -> PrivateStudy? {
        guard let privacy else { return nil }
        return try PrivateStudy(
            unit: privacy.unit, relation: privacy.relation, clippingNorm: privacy.clippingNorm,
            noiseMultiplier: privacy.noiseMultiplier, samplingRate: privacy.samplingRate,
            noise: privacy.noise,
            declaredCounts: Dictionary(
                uniqueKeysWithValues: tasks.map {
                    (TaskName($0.name), privacy.declaredRecords.count(of: $0.name))
                }),
            maximumReleaseCount: UInt64(privacy.releases), dimension: dimension,
            scoreNoiseMultiplier: privacy.scoreNoiseMultiplier)
    }

    /// The regularizer for a model of `dimension` rows, of which the last is the intercept where there is one.
    ///
    /// - Parameter tasks: Their names, in the order of the model's columns.
    /// - Throws: ``ConfigurationError`` where the study's graph or covariance is of other tasks;
    ///   ``MultiTaskLearningError`` where it, or the number of clusters, does not suit them.
    package func coupling(dimension: Int, tasks: [String]) throws -> Regularizer {
        let coupling = try Regularizer(
            regularizer, regularizerParameters, structure: try relations?.structure(tasks: tasks),
            parts: splitParts, unpenalizedRows: unpenalizedRows(dimension: dimension))
        try coupling.checkTasks(count: tasks.count)
        return coupling
    }

    /// The regularizer of one task without the others: one cluster, no neighbours, its own variance.
    ///
    /// - Throws: As ``coupling(dimension:tasks:)`` does.
    package func ownRegularizer(dimension: Int, task: String) throws -> Regularizer {
        let all = try relations?.structure(tasks: tasks.map(\.name))
        let index = tasks.firstIndex { $0.name == task } ?? 0
        var parameters = regularizerParameters
        if parameters[.clusters] != nil { parameters[.clusters] = 1 }
        return try Regularizer(
            regularizer, parameters, structure: try all?.ofTask(index), parts: splitParts,
            unpenalizedRows: unpenalizedRows(dimension: dimension))
    }

    private func unpenalizedRows(dimension: Int) -> [Int] {
        intercept == .unpenalized ? [dimension - 1] : []
    }

    private func splitting() throws -> Splitting {
        switch splitting {
        case .backwardForward:
            if choosesEta { return .backwardForward(nil) }
            guard let eta else { throw FederationError(.invalidStudy, "backward-forward has no eta") }
            return .backwardForward(try BackwardForward(eta: eta))
        case .douglasRachford:
            return .douglasRachford(
                try DouglasRachford(gamma: gamma, inertia: inertia ?? Defaults.inertia))
        }
    }

    private var planMode: StudyPlan.Mode {
        switch mode {
        case .asynchronous: .asynchronous
        case .synchronous:
            .synchronous(
                Barrier(timeout: barrierTimeout, absentRule: barrierAbsence == .end ? .end : .proceed))
        }
    }
}
