package import Federation
package import MultiTaskLearning
internal import ReleaseEncoding

/// A way to solve a problem in a federation.
package struct Method: Sendable {
    package enum Operator: Sendable {
        /// eta = 1.9 / L.
        case backwardForward
        /// gamma is chosen while running.
        case douglasRachford
    }

    package let name: String
    private let operation: Operator
    private let isSynchronous: Bool
    private let relaxation: Double
    private let policy: RelaxationPolicy

    package init(
        name: String, _ operation: Operator, isSynchronous: Bool = false, relaxation: Double,
        policy: RelaxationPolicy = .constant
    ) {
        self.name = name
        self.operation = operation
        self.isSynchronous = isSynchronous
        self.relaxation = relaxation
        self.policy = policy
    }

    /// The published synchronous baseline: AMTL's step with a barrier.
    package static let smtl = Method(name: "SMTL", .backwardForward, isSynchronous: true, relaxation: 0.9)
    package static let amtl = Method(name: "AMTL", .backwardForward, relaxation: 0.9)
    /// AMTL with the step of its theorem, for the largest staleness seen.
    package static let boundedAMTL = Method(
        name: "AMTL, theorem's step", .backwardForward, relaxation: 0.9, policy: .arock)
    package static let douglasRachford = Method(
        name: "Douglas-Rachford", .douglasRachford, relaxation: DouglasRachford.defaultRelaxation)
    package static let synchronousDouglasRachford = Method(
        name: "Douglas-Rachford with a barrier", .douglasRachford, isSynchronous: true,
        relaxation: DouglasRachford.defaultRelaxation)

    /// Returns the study in which each task has a site of its own.
    package func plan(for problem: Problem, updateLimit: Int) throws -> StudyPlan {
        let splitting: Splitting =
            switch operation {
            case .backwardForward:
                .backwardForward(try BackwardForward(eta: Self.etaTimesLipschitz / problem.lipschitzConstant))
            case .douglasRachford: .douglasRachford(try DouglasRachford())
            }
        return try StudyPlan(
            name: "experiment", digest: [UInt8](repeating: 0, count: 32), dimension: problem.dimension,
            tasks: problem.taskNames.map {
                StudyPlan.Task(name: TaskName($0), owner: SiteName("site-\($0)"))
            },
            regularizer: problem.regularizer, lambda: problem.lambda, splitting: splitting,
            relaxation: relaxation, relaxationPolicy: policy,
            mode: isSynchronous
                ? .synchronous(Barrier(timeout: .seconds(1e9), absentRule: .end)) : .asynchronous,
            encoding: .float32, normBound: 1e6,
            stoppingRule: StoppingRule(
                maximumUpdateCount: UInt64(updateLimit), residualTolerance: nil))
    }

    /// The forward step in units of 1 / L.
    package static let etaTimesLipschitz = 1.9
}
