package import ArgumentParser
internal import Configuration
package import MultiTaskLearning
internal import Reporting

/// `atoll solve`.
package struct SolveCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Solves the problem of a study with all records in one place, until a certified duality gap: the \
        reference that a federation's result is compared with. The problem stands in a study file, or in \
        options; either way data are read and prepared as a site does.

        Where a study holds records out (train_fraction), the others are solved. The exit status is 3 when \
        the gap is not reached within --iterations; the result is then printed nevertheless.
        """,
        examples: [
            "atoll solve --study configs/school.yaml --set lambda=10 --json",
            "atoll solve --data school.csv --task-column task --target-column y --features raw --loss squared "
                + "--loss-scale sum --regularizer nuclear --lambda 100 --gap 1e-8 --json",
            "atoll solve --data school.csv --task-column task --features zscore --loss squared --regularizer l21 "
                + "--lambda 0.5 --loss-scale mean --model school.safetensors",
            "atoll solve --data school.csv --task-column task --loss squared --regularizer dirty --lambda 10 "
                + "--set row_weight=3 --set added_ridge=0.01",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "solve", abstract: "Solve a study in one place, to a certified duality gap.",
        discussion: help.discussion)

    /// The largest number that `--iterations` takes.
    package static let maximumIterationLimit = 10_000_000

    @Option(help: ArgumentHelp("The study whose problem is solved.", valueName: "study.yaml"))
    package var study: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Change a key of the study, or give a problem without one a setting that has no option.",
            valueName: "key=value"))
    package var overrides: [String] = []

    @OptionGroup(title: "A problem without a study") package var problem: ProblemOptions

    @Option(help: ArgumentHelp("Where to stop: (objective - lower bound) / |objective|."))
    package var gap = 1e-8

    @Option(
        help: ArgumentHelp(
            "Iterations at most; at most \(maximumIterationLimit).", valueName: "count"))
    package var iterations = SolverLimits.splittingEvaluations

    @Option(help: ArgumentHelp("Where the model goes: a .safetensors or .npy file.", valueName: "file"))
    package var model: String?

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard (study == nil) != (problem.data == nil) else {
            throw ValidationError("give either --study STUDY.yaml or --data FILE")
        }
        try problem.requireComplete()
        guard gap.isFinite, gap > 0 else {
            throw ValidationError("--gap must be a finite number above 0, got \(gap)")
        }
        guard (1...Self.maximumIterationLimit).contains(iterations) else {
            throw ValidationError(
                "--iterations must be from 1 to \(Self.maximumIterationLimit), got \(iterations)")
        }
        if let model { _ = try ModelFile(path: model) }
    }

    package func run() async throws {
        try run(.standard)
    }

    /// Solves the problem, writes the result, and the model where it is wanted.
    ///
    /// - Throws: ``CommandError`` `gapNotReached` after the result is written; `unusableInput`, before anything is solved, for a
    ///   model's folder that cannot be written; errors of reading and of
    ///   solving.
    package func run(_ streams: CommandStreams) throws {
        let modelFile = try model.map { try ModelFile(path: $0) }
        // Not after the work of hours.
        try modelFile?.requireWritable()
        let reporter = ProgressReporter(title: "solve", total: nil, output: streams.messages)
        var isShowing = false
        // Also after an error: a bar on a terminal has no line feed of its own.
        defer { if isShowing { reporter.finish() } }
        let result = try result { progress in
            isShowing = true
            let gap = progress.relativeGap.map { ", relative gap \(NumberText.significant($0, digits: 3))" }
            reporter.update(
                completed: progress.iterations,
                detail: "objective \(NumberText.significant(progress.objective, digits: 10))\(gap ?? "")")
        }
        reporter.finish(detail: "objective \(NumberText.significant(result.solution.objective, digits: 10))")
        // First, so that a disk that is full costs the model and not the result.
        try output.write(result, to: streams)
        try modelFile?.write(result)
        try result.requireConverged()
    }

    /// Solves the problem that the options name.
    package func result(progress: ((SolverProgress) throws -> Void)? = nil) throws -> SolveResult {
        let study =
            try study.map { try StudyConfiguration.load(path: $0, overrides: overrides) }
            ?? problem.study(overrides: overrides)
        return try SolveResult(of: study, gap: gap, iterationLimit: iterations, progress: progress)
    }
}
