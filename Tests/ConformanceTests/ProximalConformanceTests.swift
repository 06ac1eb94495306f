internal import Conformance
internal import Foundation
internal import TestSupport
internal import Testing

@Suite(.enabled(if: SharedFiles.path("vectors/prox.json") != nil, "skipped: no data"))
struct ProximalConformanceTests {
    private let document: [String: Any]

    init() throws {
        let path = try #require(SharedFiles.path("vectors/prox.json"))
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        document = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func report(_ document: [String: Any]) throws -> ConformanceReport {
        let data = try JSONSerialization.data(withJSONObject: document)
        return ConformanceRunner.run(contents: [UInt8](data), fileName: "prox.json")
    }

    /// The document with one case, one operation on it and no whole problem.
    private func document(
        operation name: String, _ change: (inout [String: Any]) throws -> Void = { _ in }
    ) throws -> [String: Any] {
        var cases = try #require(document["cases"] as? [[String: Any]])
        var operations = try #require(cases[0]["ops"] as? [[String: Any]])
        operations = operations.filter { $0["op"] as? String == name }
        try change(&operations[0])
        cases[0]["ops"] = Array(operations.prefix(1))
        cases[0]["omega_update_sqrt_WtW_over_trace"] = nil
        return ["header": try #require(document["header"]), "cases": [cases[0]]]
    }

    @Test("every published proximal operator, learned covariance and whole problem passes")
    func published() throws {
        let report = try report(document)
        #expect(report.kind == "prox")
        #expect(report.failed == 0, "\(report.firstFailure ?? "")")
        // 33 + 33 + 27 + 27 operations, 2 covariances, 2 x 12 solved problems.
        #expect(report.passed == 146)
        #expect(try #require(report.worstError) > 0)
        #expect(try #require(report.worstError) < 2e-6)
    }

    @Test(
        "a number off by ten tolerances fails and is named",
        arguments: ["fro", "sum", "value_at_V", "value_at_prox", "tau"])
    func changedNumber(_ key: String) throws {
        for name in ["nuclear", "l1inf_rows", "cmtl", "jacob_cluster", "pairwise_sum_of_norms"] {
            #expect(try report(document(operation: name)).failed == 0)
            let step = name == "pairwise_sum_of_norms" ? 1e-3 : 1e-7
            let changed = try document(operation: name) {
                $0[key] = try #require($0[key] as? Double) + step * 10
            }
            let report = try report(changed)
            #expect(report.failed == 1, "\(name)")
            #expect(report.firstFailure?.contains(name) == true)
            #expect(try #require(report.worstError) > 0.1 * step)
        }
    }

    @Test("an element of W off by ten tolerances fails")
    func changedElement() throws {
        let changed = try document(operation: "graph_laplacian") { operation in
            var rows = try #require(operation["W"] as? [[Double]])
            rows[2][1] += 1e-7
            operation["W"] = rows
        }
        let report = try report(changed)
        #expect(report.failed == 1)
        #expect(report.firstFailure?.contains("W is off by") == true)
    }

    @Test(
        "a rank, a number of rows or a covariance that is another fails",
        arguments: [("nuclear", "rank"), ("l21_rows", "nonzero_rows")])
    func changedCount(_ name: String, _ key: String) throws {
        let changed = try document(operation: name) { $0[key] = try #require($0[key] as? Int) + 1 }
        #expect(try report(changed).firstFailure?.contains("\(key) is") == true)
    }

    @Test("parameters that contradict each other, are absent or out of range fail and are named")
    func badParameters() throws {
        let contradiction = try document(operation: "jacob_cluster") { operation in
            var parameters = try #require(operation["params"] as? [String: Any])
            parameters["gamma"] = 2.9
            operation["params"] = parameters
        }
        #expect(try report(contradiction).firstFailure?.contains("gamma is 2.9") == true)
        let absent = try document(operation: "cmtl") { $0["params"] = ["k": 2] }
        #expect(try report(absent).firstFailure?.contains("no eta") == true)
        let outside = try document(operation: "cmtl") { $0["params"] = ["k": 2.5, "eta": 0.3] }
        #expect(try report(outside).firstFailure?.contains("a whole number from 1") == true)
        let unknown = try document(operation: "l1") { $0["op"] = "l0" }
        #expect(try report(unknown).firstFailure?.contains("called l0") == true)
        let shape = try document(operation: "l1") { $0["W"] = [[1.0, 2], [3, 4]] }
        #expect(try report(shape).firstFailure?.contains("W has another form") == true)
    }

    @Test("a whole problem with another optimum fails", arguments: ["objective", "lambda"])
    func changedProblem(_ key: String) throws {
        var problems = try #require(document["mtl_problems"] as? [[String: Any]])
        var solutions = try #require(problems[0]["solutions"] as? [[String: Any]])
        solutions[0][key] = try #require(solutions[0][key] as? Double) * 1.001
        problems[0]["solutions"] = [solutions[0]]
        let changed = try document(operation: "l1").merging(["mtl_problems": [problems[0]]]) { $1 }
        let report = try report(changed)
        #expect(report.passed == 1 && report.failed == 1)
        #expect(report.firstFailure?.contains("least_squares nuclear") == true)
    }
}
