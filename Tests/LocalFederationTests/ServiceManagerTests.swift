internal import Foundation
internal import TestSupport
internal import Testing

/// The services as a service manager sees them: started with a socket to tell it what they do.
@Suite(.timeLimit(.minutes(2)))
struct ServiceManagerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            """
            name: notifying
            tasks: [{name: 0v9, site: north}]
            dimension: 64
            loss: logistic
            regularizer: l21
            lambda: 0.02
            eta: 1e-6
            stop: {updates: 1000000}
            """, to: "study.yaml")
        try folder.write(
            """
            study: study.yaml
            key: aggregator.key
            listen: 127.0.0.1:0
            authorized_sites: authorized_sites
            results_directory: results
            """, to: "aggregator.yaml")
        try folder.write(
            """
            study: study.yaml
            site: north
            key: north.key
            aggregator: 127.0.0.1:1     # nobody is there
            aggregator_identity: aggregator.pub
            data:
              files: {0v9: \(TestProcess.checkout)/Examples/digits/site-0v9.csv}
              target_column: label
            results_directory: results
            """, to: "north.yaml")
    }

    @Test(
        "a service says that it is ready, that it lives, and that it stops",
        arguments: [
            ("atoll-aggregator", "aggregator.yaml", "listening on 127.0.0.1:", "0 updates applied", 3),
            (
                "atoll-site", "north.yaml", "1 tasks, not connected yet", "not connected, 0 updates accepted",
                143
            ),
        ] as [(String, String, String, String, Int32)])
    func service(
        program: String, configuration: String, ready: String, alive: String, exitCode: Int32
    ) async throws {
        for name in ["aggregator", "north"] {
            let keys = try TestProcess(["keys", "generate", name, "--out", folder.path], in: folder)
            #expect(try await keys.ending().exitCode == 0)
        }
        try folder.write(text(of: folder.file("north.pub")), to: "authorized_sites/north.pub")
        let listener = try DatagramListener("@\(folder.path)/\(program)")
        let process = try TestProcess(
            ["--config", folder.file(configuration)], program: program,
            environment: ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "200000"], in: folder)
        // Where the process ends too early, its words stand where its messages are expected.
        let watch = Task {
            let messages = try await process.ending().messages
            listener.messages.update { $0 += Array(repeating: messages, count: 3) }
        }
        defer { watch.cancel() }
        let heartbeats = try await listener.messages.wait { $0.count >= 3 }
        try #require(heartbeats[0].hasPrefix("READY=1\nSTATUS=\(ready)"), "\(heartbeats[0])")
        for heartbeat in heartbeats[1...] {
            #expect(heartbeat.hasPrefix("WATCHDOG=1\nSTATUS=\(alive)"))
        }
        process.signal(SIGTERM)
        _ = try await listener.message { $0 == "STOPPING=1" }
        let ending = try await process.ending()
        #expect(ending.exitCode == exitCode, "\(ending.messages)")
    }

    @Test("a site with nothing left to do says that it is ready, and stops")
    func nothingLeft() async throws {
        for name in ["aggregator", "north"] {
            let keys = try TestProcess(["keys", "generate", name, "--out", folder.path], in: folder)
            #expect(try await keys.ending().exitCode == 0)
        }
        let listener = try DatagramListener("@\(folder.path)/offline")
        let process = try TestProcess(
            ["--config", folder.file("north.yaml"), "--offline"], program: "atoll-site",
            environment: ["NOTIFY_SOCKET": listener.name], in: folder)
        let ending = try await process.ending()
        #expect(ending.exitCode == 3, "\(ending.messages)")
        let messages = try await listener.messages.wait { $0.count >= 2 }
        #expect(messages == ["READY=1\nSTATUS=the result is taken from the models on disk", "STOPPING=1"])
    }

    @Test(
        "an error that no restart mends has its own exit code",
        arguments: [
            ("atoll-aggregator", "aggregator.yaml", "unheard=of", 78),
            ("atoll-site", "north.yaml", "unheard=of", 78),
            ("atoll-aggregator", "aggregator.yaml", "state=study.yaml", 74),
            ("atoll-site", "north.yaml", "state=study.yaml", 74),
        ] as [(String, String, String, Int32)])
    func refused(program: String, configuration: String, setting: String, exitCode: Int32) async throws {
        for name in ["aggregator", "north"] {
            let keys = try TestProcess(["keys", "generate", name, "--out", folder.path], in: folder)
            #expect(try await keys.ending().exitCode == 0)
        }
        try folder.write(text(of: folder.file("north.pub")), to: "authorized_sites/north.pub")
        let ending = try await TestProcess(
            ["--config", folder.file(configuration), "--set", setting], program: program, in: folder
        ).ending()
        #expect(ending.exitCode == exitCode, "\(ending.messages)")
    }

    @Test("a damaged book of receipts, which no restart mends, has its exit code, and is named")
    func damagedReceipts() async throws {
        for name in ["aggregator", "north"] {
            let keys = try TestProcess(["keys", "generate", name, "--out", folder.path], in: folder)
            #expect(try await keys.ending().exitCode == 0)
        }
        try folder.write(text(of: folder.file("north.pub")), to: "authorized_sites/north.pub")
        try folder.write(
            text(of: folder.file("study.yaml")) + """

                privacy: {clipping_norm: 1, noise_multiplier: 20, declared_records: 20, releases: 10}
                """, to: "private.yaml")
        let path = try folder.write("no record of receipts\n", to: "results/receipts/north.receipts")
        let ending = try await TestProcess(
            ["--config", folder.file("aggregator.yaml"), "--set", "study=private.yaml"],
            program: "atoll-aggregator", in: folder
        ).ending()
        #expect(ending.exitCode == 74, "\(ending.messages)")
        #expect(ending.messages.contains(path), "\(ending.messages)")
    }
}
