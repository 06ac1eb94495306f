package import Datasets
internal import Federation
package import LinearAlgebra
package import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import Simulation

/// A federation of one site a task, whose updates are clipped and noised as those of a private study are: on a virtual
/// clock, and with noise from a seed, which has the distribution of private noise and protects nobody.
package struct NoisyFederation: Sendable {
    /// delta of every claim.
    package static let delta = 1e-5

    private let plan: StudyPlan
    private let objectives: [TaskName: TaskObjective]

    /// Prepares a federation.
    ///
    /// - Parameters:
    ///   - train: The records; how many each task has is public.
    ///   - noiseMultiplier: nil for the same number of updates without clipping and noise.
    /// - Throws: `FederationError` naming the setting and its bound.
    package init(
        _ train: Dataset, loss: LossKind, regularizer: Regularizer, eta: Double,
        setting: PrivacyGrid.Setting, noiseMultiplier: Double?
    ) throws {
        let names = train.tasks.map { TaskName($0.name) }
        objectives = Dictionary(
            uniqueKeysWithValues: try zip(names, train.tasks).map { name, task in
                (
                    name,
                    try TaskObjective(
                        features: task.features, targets: task.targets, loss: loss, scale: .mean)
                )
            })
        let privacy = try noiseMultiplier.map { multiplier in
            try PrivateStudy(
                unit: .record, relation: .replaceOne, clippingNorm: setting.clippingNorm,
                noiseMultiplier: multiplier, samplingRate: 1, noise: .roundedGaussian,
                declaredCounts: Dictionary(
                    uniqueKeysWithValues: zip(names, train.tasks.map(\.recordCount))),
                maximumReleaseCount: UInt64(setting.releaseCount), dimension: train.dimension)
        }
        plan = try StudyPlan(
            name: "experiment", digest: [UInt8](repeating: 0, count: 32), dimension: train.dimension,
            tasks: names.map { StudyPlan.Task(name: $0, owner: SiteName("site-\($0.rawValue)")) },
            regularizer: regularizer, lambda: setting.lambda,
            splitting: .backwardForward(try BackwardForward(eta: eta)), relaxation: 0.9,
            relaxationPolicy: .constant, mode: .asynchronous, encoding: .float32, normBound: 1e6,
            stoppingRule: StoppingRule(
                maximumUpdateCount: UInt64(setting.releaseCount * names.count), residualTolerance: nil),
            privacy: privacy)
    }

    /// Runs until every update is made.
    ///
    /// - Parameter seed: Of noise and delays.
    /// - Returns: The model, dimension x tasks.
    /// - Throws: ``ExperimentsError`` where the study does not end.
    package func model(seed: UInt64) throws -> Matrix {
        var settings = SimulationSettings(seed: seed)
        settings.keepsHistory = false
        var simulation = try SimulatedFederation(plan: plan, objectives: objectives, settings: settings)
        let result = try simulation.run()
        guard result.isDone else { throw ExperimentsError("a federation with noise did not end") }
        return result.model
    }

    /// Returns the noise over C with which as many updates of a task keep an epsilon.
    ///
    /// - Throws: `AccountingError`.
    package static func noiseMultiplier(epsilon: Double, releaseCount: Int) throws -> Double {
        try PrivacyCalibration(epsilon: epsilon, delta: delta, relation: .replaceOne)
            .noiseMultiplier(by: ExactGaussianAccountant.self) {
                .selfComposed(.gaussian(noiseMultiplier: $0), count: releaseCount)
            }
    }
}
