internal import AggregatorStorage
internal import AuditCommands
internal import Configuration
internal import Federation
internal import Foundation
internal import LinearAlgebra
internal import LocalFederation
internal import Reporting
internal import Studies
internal import TestSupport
internal import Testing

/// The bundled study with real processes, from the command to the files it leaves.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct DemonstrationTests {
    private static let sites = (1...5).map { "site-\($0)" }

    @Test("the demonstration prints its table and leaves every result, and is replaced by the next")
    func demonstration() async throws {
        let temporary = try TemporaryFolder()
        let folder = RunFolder(temporary.file("demo"))
        let text = try await TestProcess(["demo", "--runs", temporary.path], in: temporary).ending()
        #expect(text.exitCode == 0, "\(text.messages)")
        for word in [
            "site", "task", "records", "local only", "Atoll", "all data*", "not available", folder.path,
            "report.html", "without noise", "privacy spent",
        ] {
            #expect(text.output.contains(word), "\(word)")
        }
        let report = folder.path + "/report.html"
        let opening = text.messages.split(separator: "\n").prefix(2)
        #expect(opening.first?.hasPrefix("report  \(report)") == true, "\(text.messages)")
        #expect(opening.last?.hasPrefix("status  http://127.0.0.1:") == true, "\(text.messages)")
        for pair in ["0v9", "1v8", "2v7", "3v6", "4v5"] { #expect(text.output.contains(pair)) }

        let json = try await TestProcess(["demo", "--runs", temporary.path, "--json"], in: temporary).ending()
        #expect(json.exitCode == 0, "\(json.messages)")
        let result = try JSONValue(parsing: Array(json.output.utf8))
        try expectResults(result, in: folder)
        let open = RunFolder(temporary.file("demo-without-noise"))
        try await expectResidual(JSONValue(parsing: contents(of: open.summary)), in: open)
        #expect(result["report"]?.stringValue == report)
        #expect(MarkupCheck.fault(in: try TestSupport.text(of: report)) == nil)
        // Five tasks scored on held-out records, far above a coin; the reference is scored beside them.
        let tasks = try #require(result["tasks"]?.elements)
        #expect(tasks.count == 5)
        for task in tasks {
            #expect(task["score"]?["held_out"] == JSONValue(true))
            #expect(try #require(task["score"]?["value"]?.doubleValue) > 0.8)
            #expect(task["local_score"] != nil && task["all_data_score"] != nil)
            #expect(task["score_without_noise"] != nil)
        }
        // Each site has spent what the study plans, below its ceiling.
        let spendings = try #require(result["privacy"]?.elements)
        #expect(spendings.count == 5)
        for spending in spendings {
            #expect(spending["releases"]?.integerValue == 80 && spending["is_private"] == true)
            let epsilon = try #require(spending["epsilon"]?.doubleValue)
            #expect(epsilon > 3.9 && epsilon <= 4, "\(epsilon)")
        }
        #expect(try Audit(folder: folder.path).exitStatus == 0)
    }

    /// The history's last residual, over |V| as the aggregator keeps it, is the residual of the result.
    private func expectResidual(_ result: JSONValue, in folder: RunFolder) async throws {
        let store = try AggregatorStore(
            folder: folder.aggregator + "/state", plan: StudyConfiguration.load(path: folder.study).plan(),
            retention: StateRetention(updateCount: .max, releaseByteCount: .max))
        let state = try #require(try await store.load())
        var last = 0.0
        try HistoryReader.forEach(path: folder.aggregator + "/history.csv") { last = $0.residual }
        let residual = try #require(result["residual"]?.doubleValue)
        #expect(abs(last / state.auxiliary.frobeniusNorm / residual - 1) < 1e-9)
        // The report's curve ends there.
        let page = try text(of: folder.path + "/report.html")
        let version = result["updates"]?.integerValue ?? 0
        #expect(
            page.contains(
                "<td class=\"number\">\(version)</td>"
                    + "<td class=\"number\">\(NumberText.significant(residual, digits: 6))</td>"))
    }

    private func expectResults(_ result: JSONValue, in folder: RunFolder) throws {
        let summary = try JSONValue(parsing: contents(of: folder.summary))
        #expect(summary == result)
        guard case .object(let object) = result else {
            Issue.record("the result is no object")
            return
        }
        let keys = Set(object.members.map(\.key))
        let required: Set = [
            "objective", "updates", "epochs", "staleness_mean", "staleness_max", "bytes_up", "bytes_down",
            "wall_seconds",
        ]
        #expect(keys.isSuperset(of: required), "\(required.subtracting(keys))")
        #expect(result["phase"]?.stringValue == "finished")
        #expect(result["folder"]?.stringValue == folder.path)

        // A line an update, each with the version it made.
        let updates = try #require(result["updates"]?.integerValue)
        let history = try text(of: folder.aggregator + "/history.csv").split(separator: "\n")
        // The status page is gone, and with it its address.
        #expect(!FileContents.isReadable(folder.operatorAddress))
        #expect(history.first == "time,version,task,staleness,relaxation,residual,bytes")
        #expect(history.count == updates + 1)
        #expect(history.dropFirst().compactMap { Int($0.split(separator: ",")[1]) } == Array(1...updates))

        var acceptanceCount = 0
        for site in Self.sites {
            let path = folder.site(site)
            let tensors = try SafeTensors(bytes: contents(of: path + "/model.safetensors")).tensors
            #expect(tensors.count == 1)
            let array = try contents(of: "\(path)/model-\(tensors[0].name).npy")
            #expect(array == NumPyArrayFile.bytes(tensors[0].elements))
            let acceptances = try JSONLines.read(path: path + "/acceptances.jsonl")
            acceptanceCount += acceptances.count
            #expect(try JSONLines.read(path: path + "/losses.jsonl").count >= acceptances.count)
            let summary = try JSONValue(parsing: contents(of: path + "/summary.json"))
            #expect(summary["outcome"]?.stringValue == "complete")
        }
        for path in [folder.aggregator] + Self.sites.map(folder.site) {
            // What a process prints goes elsewhere.
            #expect(try !JSONLines.read(path: path + "/log").isEmpty)
            #expect(try !text(of: path + "/out").isEmpty)
        }
        // The last answers may have been overtaken by the final columns.
        #expect(acceptanceCount <= updates && acceptanceCount >= updates - Self.sites.count)
        for (key, mode) in [("aggregator.key", 0o600), ("site-1.key", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.keys)/\(key)")
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
        }
    }
}
