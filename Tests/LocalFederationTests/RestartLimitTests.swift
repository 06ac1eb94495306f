internal import Logging
internal import TestSupport
internal import Testing

@testable internal import LocalFederation

/// How often a process of a run is started again.
@Suite(.timeLimit(.minutes(3)))
struct RestartLimitTests {
    /// A supervisor of an aggregator that is a shell script.
    ///
    /// - Parameter script: Runs with the number of its start in `$n`.
    private func supervisor(
        in folder: TemporaryFolder, bound: Int, barrenBound: Int, script: String
    ) throws -> FederationSupervisor {
        try folder.write(
            """
            #!/bin/sh
            cd \(folder.path)
            echo start >> starts
            n=$(wc -l < starts)
            \(script)

            """, to: "program")
        try folder.setMode(0o755, of: "program")
        return FederationSupervisor(
            aggregator: FederationSupervisor.Member(
                name: "aggregator", program: folder.file("program"), folder: folder.path, record: "record"),
            sites: [], folder: RunFolder(folder.path), restartCountMaximum: bound,
            barrenRestartCountMaximum: barrenBound,
            logger: Logger(label: "run") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in [] }
    }

    @Test(
        "a process is started again up to the bound, and the run fails beyond", arguments: [-1, 0, 1],
        [false, true])
    func bound(offset: Int, isBarren: Bool) async throws {
        let bound = 2
        let folder = try TemporaryFolder()
        // Ends itself by a signal so many times, and well at the next start.
        var supervisor = try supervisor(
            in: folder, bound: isBarren ? 100 : bound, barrenBound: isBarren ? bound : 100,
            script: "test $n -gt \(bound + offset) || kill -9 $$")
        if offset > 0 {
            let error = await #expect(throws: LocalFederationError(.tooManyRestarts, "")) {
                try await supervisor.run {}
            }
            #expect(error?.message.contains("without an accepted update") == isBarren)
        } else {
            try await supervisor.run {}
        }
        #expect(supervisor.restartCount == min(bound, bound + offset))
    }

    @Test("the bound without an accepted update counts anew after each one", arguments: [1, 2])
    func progress(bound: Int) async throws {
        let folder = try TemporaryFolder()
        // Every other start records an update.
        var supervisor = try supervisor(
            in: folder, bound: 100, barrenBound: bound,
            script: "test $((n % 2)) = 1 || echo update >> record; test $n -gt 7 || kill -9 $$")
        if bound == 1 {
            await #expect(throws: LocalFederationError(.tooManyRestarts, "")) { try await supervisor.run {} }
        } else {
            try await supervisor.run {}
        }
        #expect(supervisor.restartCount == (bound == 1 ? 2 : 7))
    }
}
