internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// What an update costs the thread that answers where the spectral factor is computed beside it, and what it costs to
/// hand a factor over, each beside computing the factor with every column.
///
/// V is of rank 8 and noise; one column after another changes by 1e-2 or 1e-4 of a normal vector.
enum FactorHandoverBenchmarks {
    static let name = "prox beside"

    private static let changeCount = 400
    /// Changes that are applied while a factor is computed.
    private static let changesMeanwhile = 4
    private static let noise = 0.3
    /// Times the square root of the larger side: above the noise, below the models.
    private static let threshold = 1.2
    private static let tripCount = 20_000

    static func all() -> [Benchmark] {
        let sizes = [(28, 139), (50, 200), (100, 1_000), (1_000, 100), (200, 800), (500, 2_000)]
        return sizes.flatMap { d, t in
            [1e-2, 1e-4].map { change in
                Benchmark(
                    name: name, size: "\(d)x\(t), changes of \(change)", baseline: "with every column"
                ) { repetitions in
                    try (0..<repetitions).map { _ in
                        PairedSample(
                            subjectSeconds: try servingSeconds(d, t, change, isBeside: true),
                            baselineSeconds: try servingSeconds(d, t, change, isBeside: false))
                    }
                }
            }
        } + [trip]
    }

    private static var trip: Benchmark {
        Benchmark(name: name, size: "there and back", baseline: "28x139 with every column") { repetitions in
            var samples: [PairedSample] = []
            for _ in 0..<repetitions {
                let seconds = await tripSeconds()
                samples.append(
                    PairedSample(
                        subjectSeconds: seconds,
                        baselineSeconds: try servingSeconds(28, 139, 1e-2, isBeside: false)))
            }
            return samples
        }
    }

    /// Returns the processor time of an update: the change of V and the next column, and what a snapshot and an
    /// installation take where the factor is computed elsewhere, which does not count.
    private static func servingSeconds(
        _ d: Int, _ t: Int, _ change: Double, isBeside: Bool
    ) throws -> Double {
        var generator = SeededGenerator(seed: 1)
        let age = FactorPolicy.defaultMaximumAge(taskCount: t)
        var auxiliary = try AuxiliaryMatrix(
            restoring: .relatedModels(d, t, noise: noise, &generator), regularizer: Regularizer(.nuclear),
            scale: threshold * Double(max(d, t)).squareRoot(),
            policy: isBeside ? FactorPolicy(maximumAge: age, taskCount: t) : .current)
        _ = try auxiliary.proximalColumn(0)
        var seconds = 0.0
        var (pending, sinceSnapshot): (FactorSnapshot?, Int) = (nil, 0)
        for _ in 0..<changeCount {
            let task = generator.integer(below: t)
            let step = (0..<d).map { _ in change * generator.normal() }
            let column = Vector.adding(step, to: auxiliary.matrix.column(task))
            let asked = generator.integer(below: t)
            try ProcessorClock.measure(&seconds) {
                auxiliary.setColumn(task, to: column)
                _ = try auxiliary.proximalColumn(asked)
                if isBeside, pending == nil, 2 * auxiliary.factorAge >= age {
                    pending = auxiliary.factorSnapshot()
                    sinceSnapshot = 0
                }
            }
            sinceSnapshot += 1
            if sinceSnapshot >= changesMeanwhile, let snapshot = pending.take() {
                let factor = try snapshot.refreshed()
                ProcessorClock.measure(&seconds) { _ = auxiliary.install(factor) }
            }
        }
        return seconds / Double(changeCount)
    }

    /// Returns the processor time of one way from an actor to a task on another thread and back.
    private static func tripSeconds() async -> Double {
        let server = Server()
        let runner = Task { await server.run() }
        let start = ProcessorClock.seconds()
        for _ in 0..<tripCount { await server.send() }
        let seconds = ProcessorClock.seconds() - start
        server.stop()
        await runner.value
        return seconds / Double(tripCount)
    }

    private actor Server {
        private let requests: AsyncStream<Int>
        private let request: AsyncStream<Int>.Continuation
        private var waiter: CheckedContinuation<Void, Never>?

        init() {
            (requests, request) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        }

        @concurrent nonisolated func run() async {
            for await _ in requests { await answer() }
        }

        func send() async {
            await withCheckedContinuation {
                waiter = $0
                request.yield(1)
            }
        }

        nonisolated func stop() { request.finish() }

        private func answer() { waiter.take()?.resume() }
    }
}
