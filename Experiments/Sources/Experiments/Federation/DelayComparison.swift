internal import Simulation

/// The methods on one problem, on identical delays.
struct DelayComparison: Sendable {
    /// The published pair.
    let smtl: TimedRun
    let amtl: TimedRun
    /// Those that a comparison at equal suboptimality adds.
    var boundedAMTL: TimedRun?
    var douglasRachford: TimedRun?
    var synchronousDouglasRachford: TimedRun?

    /// Runs SMTL and AMTL alone, for as many updates of each task.
    init(_ problem: Problem, delays: DelayModel, seed: UInt64, iterations: Int) throws {
        let traces = delays.traces(stepSeconds: ModelledWork.steps(of: problem), seed: seed)
        // A fast site goes on while the slowest has not made its last update.
        let goal = TimedRun.Goal(iterations: iterations, epochLimit: 10 * iterations)
        smtl = try TimedRun(
            .smtl, on: problem, delays: traces, work: ModelledWork.eachRound(problem), goal: goal)
        amtl = try TimedRun(
            .amtl, on: problem, delays: traces, work: ModelledWork.eachUpdate(problem), goal: goal)
    }

    /// Runs all methods to a suboptimality.
    init(_ problem: Problem, delays: DelayModel, seed: UInt64, suboptimality: Double, epochLimit: Int) throws
    {
        let traces = delays.traces(stepSeconds: ModelledWork.steps(of: problem), seed: seed)
        let goal = TimedRun.Goal(suboptimality: suboptimality, epochLimit: epochLimit)
        func run(_ method: Method, _ work: AggregatorWork) throws -> TimedRun {
            try TimedRun(method, on: problem, delays: traces, work: work, goal: goal)
        }
        smtl = try run(.smtl, ModelledWork.eachRound(problem))
        amtl = try run(.amtl, ModelledWork.eachUpdate(problem))
        boundedAMTL = try run(.boundedAMTL, ModelledWork.eachUpdate(problem))
        douglasRachford = try run(.douglasRachford, ModelledWork.followed(problem))
        synchronousDouglasRachford = try run(.synchronousDouglasRachford, ModelledWork.eachRound(problem))
    }

    /// Titles of what ``seconds(of:to:)`` gives.
    static let secondsTitles = [
        "SMTL", "AMTL", "AMTL, theorem's step", "DR with a barrier", "DR", "SMTL/AMTL", "SMTL/DR",
    ]

    /// Returns the median seconds of each method over runs that differ in their seed, and ratios of them.
    static func seconds(of comparisons: [DelayComparison], to suboptimality: Double) -> [String] {
        func median(_ run: (DelayComparison) -> TimedRun?) -> Double? {
            Figures.median(comparisons.map { run($0)?.seconds(to: suboptimality) })
        }
        let (smtl, amtl, newest) = (median(\.smtl), median(\.amtl), median(\.douglasRachford))
        return [
            smtl, amtl, median(\.boundedAMTL), median(\.synchronousDouglasRachford), newest,
        ].map { Figures.seconds($0) } + [Figures.ratio(smtl, amtl), Figures.ratio(smtl, newest)]
    }
}
