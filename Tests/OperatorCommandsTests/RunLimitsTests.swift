internal import ArgumentParser
internal import Configuration
internal import LocalFederation
internal import Logging
internal import TestSupport
internal import Testing

@testable internal import OperatorCommands

/// How many sites one machine runs.
@Suite struct RunLimitsTests {
    @Test("--sites goes from 1 to the bound", arguments: [-1, 0, 1])
    func option(beyond: Int) {
        let bound = LocalFederationLimits.siteCount
        let counts = [bound + beyond: beyond <= 0, 1 + beyond: beyond >= 0]
        for (count, isAllowed) in counts {
            let command = try? RunCommand.parse(["study.yaml", "--sites", "\(count)"])
            #expect(command?.sites == (isAllowed ? count : nil), "\(count)")
        }
    }

    @Test("a study that names its sites itself has the same bound", arguments: [-1, 0, 1])
    func study(beyond: Int) async throws {
        let siteCount = LocalFederationLimits.siteCount + beyond
        let study = try StudyConfiguration.parse(
            """
            name: wide
            loss: squared
            regularizer: nuclear
            lambda: 2
            eta: 0.5
            stop: {epochs: 3}
            """, path: "/study.yaml"
        ).filledIn(
            tasks: (1...siteCount).map { TaskAssignment(name: "task-\($0)", site: "site-\($0)") },
            dimension: 2)
        let folder = try TestSupport.TemporaryFolder()
        let federation = LocalFederation(
            study: study, data: DataConfiguration(layout: .files([])), folder: RunFolder(folder.file("run")),
            programs: folder.path, comparesLocally: false, readsInFlight: 1, logger: Logger(label: "run"))
        let error = await #expect(throws: LocalFederationError.self) { try await federation.run { _ in } }
        // Within the bound it is the programs that are not there.
        #expect(error?.code == (beyond > 0 ? .tooManySites : .programMissing))
        if beyond > 0 { #expect(error?.message.contains("\(siteCount)") == true) }
    }
}
