internal import AuditCommands
internal import Configuration
internal import Foundation
internal import LocalFederation
internal import Reporting
internal import SeededRandom
internal import TestSupport
internal import Testing

/// A private study with real processes, and what an auditor finds in its folder.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct PrivateRunTests {
    /// Five sites of the bundled digits, a task each.
    private func run(_ settings: [String], arguments: [String] = []) throws -> LocalRun {
        try LocalRun(
            "demo", sites: 5,
            settings: ["train_fraction=1", "split_seed=0"].map { "data." + $0 } + settings,
            arguments: arguments)
    }

    private func verify(_ folder: RunFolder, in temporary: TemporaryFolder) async throws -> TestProcess.Ending
    {
        try await TestProcess(["verify", folder.path], program: "atoll-audit", in: temporary).ending()
    }

    /// Returns what a subcommand of an auditor says, which found nothing wrong.
    private func audit(
        _ subcommand: String, _ folder: RunFolder, in temporary: TemporaryFolder
    ) async throws -> JSONValue {
        let ending = try await TestProcess(
            [subcommand, folder.path, "--json"], program: "atoll-audit", in: temporary
        ).ending()
        #expect(ending.exitCode == 0, "\(ending.output)\(ending.messages)")
        return try JSONValue(parsing: Array(ending.output.utf8))
    }

    @Test("a private run stops by itself at its sites' ceiling, and its ledgers hold what was received")
    func ceiling() async throws {
        let temporary = try TemporaryFolder()
        // Fifteen updates of a task would spend more than the ceiling holds.
        let run = try run(["privacy.releases=15", "privacy.epsilon=0.6"])
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 0, "\(ending.messages)")
        let result = try JSONValue(parsing: Array(ending.output.utf8))
        #expect(result["reason"]?.stringValue == "budgets spent", "\(result["reason"]?.stringValue ?? "")")
        let spendings = try #require(result["privacy"]?.elements)
        #expect(spendings.count == 5)
        for spending in spendings {
            let epsilon = try #require(spending["epsilon"]?.doubleValue)
            #expect(epsilon > 0 && epsilon <= 0.6)
            #expect(spending["is_private"] == true)
            let releases = try #require(spending["releases"]?.integerValue)
            #expect(releases >= 1 && releases < 15)
        }
        // Each ledger has the refusal that ended it, and the claim is the ceiling, which what is charged is within.
        let audited = try await audit("verify", run.folder, in: temporary)
        let ledgers = try #require(audited["ledgers"]?.elements)
        #expect(ledgers.count == 5)
        for ledger in ledgers {
            #expect(try #require(ledger["refused"]?.integerValue) >= 1, "\(ledger)")
            #expect(try #require(ledger["charged"]?.integerValue) >= 1, "\(ledger)")
        }
        let statements = try #require(
            try await audit("statement", run.folder, in: temporary)["statements"]?.elements)
        #expect(statements.count == 5)
        for statement in statements {
            #expect(statement["claim"]?["epsilon"] == 0.6, "\(statement)")
            let delta = try #require(statement["claim"]?["delta"]?.doubleValue)
            let row = try #require(
                statement["epsilon"]?.elements?.first { $0["delta"]?.doubleValue == delta }, "\(statement)")
            let epsilon = try #require(row["epsilon"]?.doubleValue)
            #expect(epsilon > 0 && epsilon <= 0.6, "\(statement)")
        }
    }

    @Test("any single byte of a ledger that is another makes the audit fail, and name the entry")
    func everyByte() async throws {
        let temporary = try TemporaryFolder()
        let run = try run(["privacy.releases=3"])
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 0, "\(ending.messages)")
        #expect(try Audit(folder: run.folder.path).exitStatus == 0)
        let files = FileManager.default
        for site in 1...5 {
            // What one site's auditor is given: the others' signatures need not be checked for each byte.
            let name = "site-\(site)"
            let folder = temporary.file(name)
            try files.createDirectory(atPath: folder + "/sites", withIntermediateDirectories: true)
            try files.createDirectory(atPath: folder + "/receipts", withIntermediateDirectories: true)
            try files.copyItem(atPath: run.folder.path + "/keys", toPath: folder + "/keys")
            try files.copyItem(atPath: run.folder.site(name), toPath: "\(folder)/sites/\(name)")
            try files.copyItem(
                atPath: "\(run.folder.path)/receipts/\(name).receipts",
                toPath: "\(folder)/receipts/\(name).receipts")
            #expect(try Audit(folder: folder).exitStatus == 20)
            #expect(try Audit(folder: folder, sites: [name]).exitStatus == 0)
            let ledger = "\(folder)/sites/\(name)/ledger"
            let bytes = try contents(of: ledger)
            var random = SeededGenerator(seed: UInt64(site))
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= UInt8(1 + random.integer(below: 255))
                try Data(changed).write(to: URL(fileURLWithPath: ledger))
                let audit = try Audit(folder: folder, sites: [name])
                let finding = audit.findings.first { $0.place == "sites/\(name)/ledger" }
                guard audit.exitStatus != 0, finding?.entry != nil else {
                    Issue.record("\(name), seed \(site), byte \(index): \(audit.findings)")
                    return
                }
            }
        }
    }

    @Test("sites that are killed at any moment release nothing that is not charged")
    func kills() async throws {
        let temporary = try TemporaryFolder()
        // Long enough for every kill, and within the ceiling.
        let run = try run(["privacy.releases=1600", "privacy.noise_multiplier=100"])
        var random = SeededGenerator(seed: 11)
        var killCount = 0
        do {
            for moment in stride(from: 20, to: 520, by: 25) {
                try await run.waitForUpdates(moment)
                let victim = random.integer(below: 6)
                try await run.killAndWaitForRestart(
                    in: victim == 5 ? run.folder.aggregator : run.folder.site("site-\(1 + victim)"))
                killCount += 1
            }
        } catch is RunEnded {}
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 0, "seed 11: \(ending.messages)")
        #expect(killCount >= 10, "\(killCount) kills")
        let audited = try await verify(run.folder, in: temporary)
        #expect(audited.exitCode == 0, "seed 11: \(audited.output)\(audited.messages)")
    }

    @Test(
        "what sites record of themselves stands both tests of it, and nothing of such a run says that it is private"
    )
    func recording() async throws {
        let temporary = try TemporaryFolder()
        let run = try run(["privacy.releases=40"], arguments: ["--audit-recording"])
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 0, "\(ending.messages)")
        for command in ["verify", "noise-test", "canary"] {
            let audited = try await TestProcess(
                [command, run.folder.path], program: "atoll-audit", in: temporary
            ).ending()
            #expect(audited.exitCode == 0, "\(command): \(audited.output)\(audited.messages)")
        }
        let stated = try await TestProcess(
            ["statement", run.folder.path], program: "atoll-audit", in: temporary
        ).ending()
        #expect(stated.output.contains("not private"), "\(stated.output)\(stated.messages)")
        for site in 1...5 {
            let folder = run.folder.site("site-\(site)")
            let kept = try FileManager.default.contentsOfDirectory(atPath: folder + "/kept")
                .filter { $0.hasSuffix(".safetensors") }.map { "\(folder)/kept/\($0)" }
            #expect(kept.count == 1)
            for path in kept + [folder + "/model.safetensors"] {
                let file = try SafeTensors(bytes: contents(of: path))
                #expect(file.metadata["privacy"] == "not private", "\(path)")
            }
        }
    }

    @Test("a policy that protects somebody refuses to record, and nothing leaves")
    func refusedRecording() async throws {
        let temporary = try TemporaryFolder()
        let run = try run(["privacy.releases=3"])
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 0, "\(ending.messages)")
        let site = run.folder.site("site-1")
        let before = try contents(of: site + "/ledger")
        let refused = try await TestProcess(
            ["--config", site + "/config.yaml", "--audit-recording", temporary.path], program: "atoll-site",
            in: temporary
        ).ending()
        #expect(refused.exitCode == 74, "\(refused.messages)")
        #expect(refused.messages.contains("cannot be taken part in"), "\(refused.messages)")
        #expect(try contents(of: site + "/ledger") == before)
    }

    @Test("a site without its ledger does not start, and releases nothing")
    func missingLedger() async throws {
        let temporary = try TemporaryFolder()
        let run = try run(["privacy.releases=3"])
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 0, "\(ending.messages)")
        let site = run.folder.site("site-1")
        try FileManager.default.removeItem(atPath: site + "/ledger")
        let again = try await TestProcess(
            ["--config", site + "/config.yaml"], program: "atoll-site", in: temporary
        ).ending()
        #expect(again.exitCode == 74, "\(again.messages)")
        #expect(again.messages.contains("the ledger of what was released from this data set is missing"))
    }
}
