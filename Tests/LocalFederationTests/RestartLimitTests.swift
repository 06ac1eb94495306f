internal import Logging
internal import TestSupport
internal import Testing

@testable internal import LocalFederation

/// How often a process of a run is started again.
@Suite(.timeLimit(.minutes(3)))
struct RestartLimitTests {
    @Test("a process is started again up to the bound, and the run fails beyond", arguments: [-1, 0, 1])
    func bound(offset: Int) async throws {
        let bound = 2
        let folder = try TemporaryFolder()
        // Ends itself by a signal so many times, and well at the next start.
        try folder.write(
            """
            #!/bin/sh
            echo start >> \(folder.file("starts"))
            test "$(wc -l < \(folder.file("starts")))" -gt \(bound + offset) || kill -9 $$

            """, to: "program")
        try folder.setMode(0o755, of: "program")
        var supervisor = FederationSupervisor(
            aggregator: FederationSupervisor.Member(
                name: "aggregator", program: folder.file("program"), folder: folder.path),
            sites: [], folder: RunFolder(folder.path), restartCountMaximum: bound,
            logger: Logger(label: "run") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in [] }
        if offset > 0 {
            await #expect(throws: LocalFederationError(.tooManyRestarts, "")) { try await supervisor.run {} }
        } else {
            try await supervisor.run {}
        }
        #expect(supervisor.restartCount == min(bound, bound + offset))
    }
}
