internal import Foundation
internal import LocalFederation
internal import SeededRandom

/// Kills processes of a run at moments and of names that follow from a seed.
struct Executioner {
    let run: LocalRun
    let siteCount: Int
    var random: SeededGenerator

    /// Updates over which kills are spread: fewer than a run needs without any.
    private static let updateCount = 20_000
    /// Kills that wait for the study's end, as its last messages are the fewest.
    private static let lateShare = 10
    /// Of so many kills, one goes to a process that is only just back.
    private static let againShare = 3
    /// Of so many kills, one goes to the aggregator.
    private static let aggregatorShare = 4
    /// The longest that a process lives which is killed again.
    private static let startMilliseconds = 400
    /// The longest between two kills at the end.
    private static let endMilliseconds = 60

    /// Kills `count` times, or as often as the run's length allows.
    mutating func kill(count: Int) async throws {
        let late = count / Self.lateShare
        let moments = (0..<(count - late)).map { _ in random.integer(below: Self.updateCount) }.sorted()
        do {
            var isAgain = false
            var folder = run.folder.aggregator
            for moment in moments {
                if isAgain {
                    try await pause(upTo: Self.startMilliseconds)
                } else {
                    try await run.wait { lastVersion() >= moment }
                    folder = anyFolder()
                }
                try await run.killAndWaitForRestart(in: folder)
                isAgain = random.integer(below: Self.againShare) == 0
            }
            try await run.wait { hasModels }
            for _ in 0..<late {
                try await pause(upTo: Self.endMilliseconds)
                run.kill(in: anyFolder())
            }
        } catch is RunEnded {}
    }

    private mutating func anyFolder() -> String {
        random.integer(below: Self.aggregatorShare) == 0
            ? run.folder.aggregator : run.folder.site("site-\(1 + random.integer(below: siteCount))")
    }

    /// Time is what is random here: nothing is waited for.
    private mutating func pause(upTo milliseconds: Int) async throws {
        guard run.process.isRunning else { throw RunEnded() }
        try await Task.sleep(for: .milliseconds(random.integer(below: milliseconds)))
    }

    private var sites: [String] { (1...siteCount).map { "site-\($0)" } }

    private var hasModels: Bool {
        sites.contains { site in
            let names = try? FileManager.default.contentsOfDirectory(atPath: run.folder.kept(of: site))
            return names?.isEmpty == false
        }
    }

    /// The newest version that any site has heard of.
    private func lastVersion() -> Int {
        sites.map { run.lastAcceptedVersion(of: $0) }.max() ?? 0
    }
}
